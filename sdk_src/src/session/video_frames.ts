import type { Frame } from '../worker/messages.ts'
import { FrameClock } from './frame_clock.ts'

/** Calls back for each new frame of a video that is shown, until stopped. */
export class VideoFrames {
  readonly #video: HTMLVideoElement
  readonly #onFrame: (time: number) => void
  readonly #clock = new FrameClock()
  #handle: number | undefined
  #lastTime = -1

  /** onFrame gets the frame's time, see {@link FrameClock}. */
  constructor(video: HTMLVideoElement, onFrame: (time: number) => void) {
    this.#video = video
    this.#onFrame = onFrame
  }

  start(): void {
    if (this.#handle === undefined) this.#ask()
  }

  stop(): void {
    if (this.#handle === undefined) return
    if (this.#exact) this.#video.cancelVideoFrameCallback(this.#handle)
    else cancelAnimationFrame(this.#handle)
    this.#handle = undefined
  }

  /** The time of a frame taken from the video when `shown` was the time of the newest one. */
  timeOf(frame: Frame, shown: number): number {
    return ('timestamp' in frame ? this.#clock.of(frame.timestamp / 1000) : undefined) ?? shown
  }

  /** Firefox before 132 has no requestVideoFrameCallback. */
  get #exact(): boolean {
    return 'requestVideoFrameCallback' in this.#video
  }

  #ask(): void {
    this.#handle = this.#exact
      ? this.#video.requestVideoFrameCallback((now, { mediaTime }) => this.#next(true, mediaTime, now))
      : requestAnimationFrame((now) =>
          this.#next(this.#video.currentTime !== this.#lastTime, this.#video.currentTime, now),
        )
  }

  #next(fresh: boolean, mediaTime: number, now: number): void {
    this.#ask()
    this.#lastTime = this.#video.currentTime
    if (fresh && this.#video.videoWidth > 0) this.#onFrame(this.#clock.tick(1000 * mediaTime, now))
  }
}
