import { fail } from '../errors.ts'
import { VideoLoop, type VideoLoopParts } from './video_loop.ts'

/** A running video: waits for its first frame, holds while the page is hidden, tells when the camera ends. */
export class LiveVideo {
  readonly #parts: VideoLoopParts
  readonly #loop: VideoLoop
  readonly #onState: (state: 'running' | 'paused') => void
  readonly #end = new AbortController()
  #paused = false
  #playing = false

  constructor(parts: VideoLoopParts, onState: (state: 'running' | 'paused') => void) {
    this.#parts = parts
    this.#onState = onState
    this.#loop = new VideoLoop(parts)
  }

  /** Resolves when the video has a frame. Throws `image-unusable` or, when stopped before, `aborted`. */
  async start(): Promise<void> {
    const { video } = this.#parts
    const { signal } = this.#end
    await firstFrame(video, signal)
    this.#playing = true
    document.addEventListener('visibilitychange', () => this.#update(), { signal })
    const [track] = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : []
    track?.addEventListener('ended', () => this.#parts.emit('error', { error: fail('camera-ended', {}) }), { signal })
    this.#update()
  }

  pause(): void {
    this.#paused = true
    this.#update()
  }

  resume(): void {
    this.#paused = false
    this.#update()
  }

  stop(): void {
    this.#end.abort()
    this.#loop.stop()
    this.#playing = false
  }

  #update(): void {
    if (!this.#playing) return
    const run = !this.#paused && !document.hidden
    if (run) this.#loop.start()
    else this.#loop.stop()
    this.#onState(run ? 'running' : 'paused')
  }
}

function firstFrame(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const detail = () => video.error?.message || 'the video cannot be played'
    const there = () => {
      if (video.videoWidth > 0) resolve()
    }
    for (const type of ['loadeddata', 'resize', 'playing']) video.addEventListener(type, there, { signal })
    video.addEventListener('error', () => reject(fail('image-unusable', { detail: detail() })), { signal })
    if (video.error) reject(fail('image-unusable', { detail: detail() }))
    signal.addEventListener('abort', () => reject(fail('aborted', {})))
  })
}
