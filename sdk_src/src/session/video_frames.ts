/** Calls back for each new frame of a video that is shown, until stopped. */
export class VideoFrames {
  readonly #video: HTMLVideoElement
  readonly #onFrame: () => void
  #handle: number | undefined
  #lastTime = -1

  constructor(video: HTMLVideoElement, onFrame: () => void) {
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

  /** Firefox before 132 has no requestVideoFrameCallback. */
  get #exact(): boolean {
    return 'requestVideoFrameCallback' in this.#video
  }

  #ask(): void {
    this.#handle = this.#exact
      ? this.#video.requestVideoFrameCallback(() => this.#next(true))
      : requestAnimationFrame(() => this.#next(this.#video.currentTime !== this.#lastTime))
  }

  #next(fresh: boolean): void {
    this.#ask()
    this.#lastTime = this.#video.currentTime
    if (fresh && this.#video.videoWidth > 0) this.#onFrame()
  }
}
