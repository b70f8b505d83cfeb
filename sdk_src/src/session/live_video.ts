import { fail, type LunulaError } from '../errors.ts'
import { VideoLoop, type VideoLoopParts } from './video_loop.ts'

/** What becomes of a running video. */
export interface VideoFate {
  state(state: 'running' | 'paused'): void
  /** Its camera is gone: nothing new will come. */
  ended(error: LunulaError): void
}

/** A running video: waits for its first frame, holds while the page is hidden, tells when the camera ends. */
export class LiveVideo {
  readonly #parts: VideoLoopParts
  readonly #loop: VideoLoop
  readonly #fate: VideoFate
  readonly #end = new AbortController()
  /** The camera's, if it is one. */
  #track: MediaStreamTrack | undefined
  #paused = false
  #playing = false

  constructor(parts: VideoLoopParts, fate: VideoFate) {
    this.#parts = parts
    this.#fate = fate
    this.#loop = new VideoLoop(parts)
  }

  /**
   * Resolves when the video has a frame. Throws `image-unusable`, `camera-ended` or, when stopped before, `aborted`.
   */
  async start(): Promise<void> {
    const { video } = this.#parts
    const { signal } = this.#end
    await firstFrame(video, signal)
    this.#playing = true
    this.#track = cameraOf(video)
    // Browsers differ in which of the two they send, and when.
    for (const target of [this.#track, video]) target?.addEventListener('ended', () => this.#update(), { signal })
    document.addEventListener('visibilitychange', () => this.#update(), { signal })
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
    // Looked at each time: a page that was frozen in the background misses the event.
    if (this.#track?.readyState === 'ended') this.#fate.ended(fail('camera-ended', {}))
    else {
      const run = !this.#paused && !document.hidden
      if (run) this.#loop.start()
      else this.#loop.stop()
      this.#fate.state(run ? 'running' : 'paused')
    }
  }
}

function cameraOf(video: HTMLVideoElement): MediaStreamTrack | undefined {
  return video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined
}

function firstFrame(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const unusable = (detail: string) => reject(fail('image-unusable', { detail }))
    const broken = () => unusable(video.error?.message || 'the video cannot be played')
    const there = () => {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return
      if (video.videoWidth > 0) resolve()
      // A stream's size may come later; a file without a picture has none for ever.
      else if (!video.srcObject) unusable('there is no picture in this video')
    }
    const track = cameraOf(video)
    const ended = () => reject(fail('camera-ended', {}))
    if (video.error) broken()
    else if (track?.readyState === 'ended') ended()
    else if (video.srcObject instanceof MediaStream && !track) unusable('there is no picture in this stream')
    else there()
    for (const type of ['loadeddata', 'resize', 'playing']) video.addEventListener(type, there, { signal })
    track?.addEventListener('ended', ended, { signal })
    video.addEventListener('error', broken, { signal })
    signal.addEventListener('abort', () => reject(fail('aborted', {})))
  })
}
