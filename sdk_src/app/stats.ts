/**
 * How fast the camera is painted and what it takes: for the curious, who ask for it in the settings. Written at most four
 * times a second: faster is unreadable.
 */
import type { FrameDetail, NailTryOn } from 'lunula'
import { element } from './elements.ts'

const INTERVAL_MS = 250
const MEMORY_INTERVAL_MS = 2000
const box = element('stats', HTMLElement)
const cell = (id: string) => element(id, HTMLElement)
const cells = {
  fps: cell('fps'),
  latency: cell('latency'),
  stages: cell('stages'),
  input: cell('input-size'),
  tensors: cell('tensors'),
  memory: cell('memory'),
}
let wanted = false
let shownAt = Number.NEGATIVE_INFINITY
let memoryAt = Number.NEGATIVE_INFINITY

/** Whether the box is shown while there is a live picture. */
export function wantStats(on: boolean): void {
  wanted = on
  box.hidden = !on || cells.fps.textContent === ''
}

export function showStats(frame: FrameDetail, tryOn: NailTryOn): void {
  const now = performance.now()
  if (now - shownAt < INTERVAL_MS) return
  shownAt = now
  box.hidden = !wanted
  const { fps, latencyMs, timings, renderMs, tier } = frame
  cells.fps.textContent = `${fps < 9.95 ? fps.toFixed(1) : Math.round(fps)} fps`
  cells.latency.textContent = `${Math.round(latencyMs)} ms`
  if (!wanted) return
  const stages = { ...timings, draw: renderMs }
  const names = ['frame', 'roi', 'pass1', 'pass2', 'post', 'draw'] as const
  cells.stages.textContent = names.map((name) => `${name} ${stages[name].toFixed(1)}`).join(' · ')
  cells.input.textContent = `${tier}² · ${tryOn.backend}`
  if (now - memoryAt < MEMORY_INTERVAL_MS) return
  memoryAt = now
  void tryOn.memory().then(({ tensors, tensorBytes, coreBytes }) => {
    cells.tensors.textContent = `${tensors} · ${megabytes(tensorBytes)} MB`
    cells.memory.textContent = `${megabytes(coreBytes)} MB`
  }, ignore)
}

export function hideStats(): void {
  box.hidden = true
  for (const each of Object.values(cells)) each.textContent = ''
  memoryAt = Number.NEGATIVE_INFINITY
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

/** The try-on was closed meanwhile: there is nothing to tell. */
function ignore(): void {}
