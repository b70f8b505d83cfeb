import { fail, LunulaError } from '../errors.ts'
import type { ResolvedLook } from '../look/look.ts'
import type { Extent } from '../pipeline/extent.ts'
import { reasonOf } from '../reason.ts'
import type { Context2D, NailRenderer } from '../render/renderer.ts'
import { EmptyScene } from '../tracking/empty_scene.ts'
import { Tracker } from '../tracking/tracker.ts'
import type { Smoothing } from '../types.ts'
import { drawWhole } from './canvas.ts'
import type { Emit } from './events.ts'
import type { LivingWorker } from './living_worker.ts'
import { Rate } from './rate.ts'
import { transferOf } from './source.ts'
import { takeFrame } from './take_frame.ts'
import type * as Tilt from './tilt_chunk.ts'
import { VideoFrames } from './video_frames.ts'

/** What the loop works with. */
export interface VideoLoopParts {
  video: HTMLVideoElement
  context: Context2D
  worker: LivingWorker
  renderer: NailRenderer
  smoothing: Smoothing
  /** Where nails are tilted. */
  tilt: typeof Tilt | undefined
  look: () => ResolvedLook
  emit: Emit
}

/**
 * Video to canvas: every frame is drawn, with the nails where they are expected in it; whenever the worker is free it
 * gets the newest frame, of an empty scene every other one.
 */
export class VideoLoop {
  readonly #parts: VideoLoopParts
  readonly #frames: VideoFrames
  #tracker: Tracker
  readonly #rate = new Rate()
  readonly #scene = new EmptyScene()
  /** Time of the frame that is shown. */
  #shown = 0
  #renderMs = 0
  #size: Extent = { width: 0, height: 0 }
  /** The video has another size since the last inference, for example because the phone was turned. */
  #turned = false
  #running = false
  #asking = false
  /** A frame was shown since the last one that the worker got. */
  #fresh = false
  #failed = false

  constructor(parts: VideoLoopParts) {
    this.#parts = parts
    this.#tracker = trackerOf(parts)
    this.#frames = new VideoFrames(parts.video, (time) => this.#onFrame(time))
  }

  start(): void {
    this.#running = true
    this.#frames.start()
  }

  stop(): void {
    this.#running = false
    this.#frames.stop()
  }

  #onFrame(time: number): void {
    const { video, context, renderer, look } = this.#parts
    const size = { width: video.videoWidth, height: video.videoHeight }
    if (!isSame(size, this.#size)) this.#turn(size)
    const start = performance.now()
    drawWhole(context, video, size)
    renderer.paint(context, this.#tracker.at(time), look(), video)
    this.#renderMs = performance.now() - start
    this.#shown = time
    if (this.#scene.skips()) return
    this.#fresh = true
    if (!this.#asking) void this.#infer()
  }

  /** Nails in pixels of the other size are nowhere. */
  #turn(size: Extent): void {
    this.#size = size
    this.#turned = true
    this.#tracker = trackerOf(this.#parts)
  }

  /** Goes on as long as frames are newer than the last inference: the worker never waits for the next one. */
  async #infer(): Promise<void> {
    this.#asking = true
    try {
      while (this.#running && this.#fresh) {
        this.#fresh = false
        if (await this.#inferOnce()) this.#failed = false
      }
    } catch (thrown) {
      const error =
        thrown instanceof LunulaError ? thrown : fail('image-unusable', { detail: reasonOf(thrown) }, thrown)
      if (error.code === 'worker-failed' || error.code === 'session-closed') this.stop()
      else if (!this.#failed) this.#parts.emit('error', { error }) // once, not for each frame
      this.#failed = true
    } finally {
      this.#asking = false
    }
  }

  /** False when the frame was lost with its worker: the next one goes to the next worker. */
  async #inferOnce(): Promise<boolean> {
    const { video, worker, emit } = this.#parts
    if (this.#turned) await worker.ask('forget', () => ({ argument: null }))
    else await worker.whenAlive()
    this.#turned = false
    const source = { width: video.videoWidth, height: video.videoHeight }
    const taken = performance.now()
    const shown = this.#shown
    const frame = await takeFrame(video, worker.ready.bitmaps)
    const time = this.#frames.timeOf(frame, shown)
    const detection = await worker
      .call('track', { argument: { frame, source }, transfer: transferOf(frame) })
      .catch((thrown) => {
        if (worker.wasLost(thrown)) return undefined
        throw thrown
      })
    if (detection === undefined) return false
    if (!detection || !this.#running || !isSame(source, this.#size)) return true
    this.#scene.saw(detection.nails.length)
    const now = performance.now()
    this.#tracker.update(detection.nails, time, this.#shown)
    const { timings, tier } = detection
    const nails = this.#tracker.at(this.#shown)
    const [fps, latencyMs, renderMs] = [this.#rate.tick(now), now - taken, this.#renderMs]
    emit('frame', { nails, fps, latencyMs, timings, renderMs, tier })
    return true
  }
}

function isSame(a: Extent, b: Extent): boolean {
  return a.width === b.width && a.height === b.height
}

function trackerOf({ smoothing, tilt }: VideoLoopParts): Tracker {
  return new Tracker(smoothing, tilt?.RotationSmoother)
}
