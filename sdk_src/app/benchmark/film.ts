import type { Scene } from './scenes.ts'

/** A video whose frames come when they are asked for: a canvas, filmed. */
export class Film {
  /** Give it to the try-on; it belongs into the document, as browsers may not play what is not there. */
  readonly video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
  readonly #context: CanvasRenderingContext2D
  readonly #stream: MediaStream
  #step = 0

  constructor(width: number, height: number) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    this.#context = canvas.getContext('2d', { alpha: false })!
    this.#context.fillRect(0, 0, width, height)
    this.#stream = canvas.captureStream(0)
    this.video.srcObject = this.#stream
  }

  /** Resolves when the video has its first frame. */
  async play(scene: Scene): Promise<void> {
    const playing = this.video.play()
    const timer = setInterval(() => this.show(scene), 50) // some browsers need a few before they play
    try {
      await playing
    } finally {
      clearInterval(timer)
    }
  }

  /** Frames so far. */
  get shown(): number {
    return this.#step
  }

  /** The next frame. */
  show(scene: Scene): void {
    scene(this.#context, this.#step++)
    const [track] = this.#stream.getVideoTracks()
    // Firefox has it on the stream, as the specification once did.
    const source = track && 'requestFrame' in track ? track : this.#stream
    ;(source as CanvasCaptureMediaStreamTrack).requestFrame()
  }

  close(): void {
    for (const track of this.#stream.getTracks()) track.stop()
    this.video.srcObject = null
    this.video.remove()
  }
}
