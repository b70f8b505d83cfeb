/**
 * Frames per second and latency of the live camera, in one small line. Written at most four times a second:
 * faster is unreadable.
 */
import { element } from './elements.ts'

const INTERVAL_MS = 250
const box = element('stats', HTMLElement)
const fps = element('fps', HTMLElement)
const latency = element('latency', HTMLElement)
let shownAt = Number.NEGATIVE_INFINITY

export interface FrameStats {
  /** Frames with nails a second. */
  readonly fps: number
  /** From the camera's frame to its nails, milliseconds. */
  readonly latencyMs: number
}

export function showStats(frame: FrameStats): void {
  const now = performance.now()
  if (now - shownAt < INTERVAL_MS) return
  shownAt = now
  box.hidden = false
  fps.textContent = `${frame.fps < 9.95 ? frame.fps.toFixed(1) : Math.round(frame.fps)} fps`
  latency.textContent = `${Math.round(frame.latencyMs)} ms`
}

export function hideStats(): void {
  box.hidden = true
  fps.textContent = ''
  latency.textContent = ''
}
