/**
 * The live camera. The SDK asks for it, and draws frame and polish on the canvas; the video below is seen until then.
 */
import { closeCamera, type NailTryOn, openCamera } from 'lunula'
import { element } from './elements.ts'

export class CameraStage {
  readonly #video = element('video', HTMLVideoElement)
  readonly #canvas = element('canvas', HTMLCanvasElement)
  #use: AbortController | null = null
  #stream: MediaStream | null = null
  #tryOn: NailTryOn | null = null

  /** From the question for the camera to `close`. */
  get isOpen(): boolean {
    return this.#use !== null
  }

  /**
   * Ask for the camera, show it, and let the SDK paint what it sees. Resolves when painting has begun.
   *
   * @param session resolves when the models are there; the camera's picture does not wait for it
   * @throws LunulaError `camera-denied`, `camera-busy`, `camera-missing`; `aborted` when closed meanwhile
   */
  async open(session: Promise<NailTryOn>): Promise<void> {
    const use = new AbortController()
    this.#use = use
    this.#show(await openCamera({ signal: use.signal }))
    await this.#video.play()
    const tryOn = await session
    use.signal.throwIfAborted()
    this.#tryOn = tryOn
    await tryOn.start(this.#video, this.#canvas)
    this.#canvas.classList.add('painted')
  }

  close(): void {
    this.#use?.abort()
    this.#use = null
    this.#tryOn?.stop()
    this.#tryOn = null
    if (this.#stream) closeCamera(this.#stream)
    this.#stream = null
    this.#video.srcObject = null
    this.#video.hidden = true
    this.#canvas.classList.remove('painted')
    document.documentElement.removeAttribute('data-mirrored')
  }

  #show(stream: MediaStream): void {
    this.#stream = stream
    const facing = stream.getVideoTracks()[0]?.getSettings().facingMode
    // A camera that does not say where it looks is a webcam: people expect a mirror.
    document.documentElement.toggleAttribute('data-mirrored', facing !== 'environment')
    this.#video.srcObject = stream
    this.#video.hidden = false
  }
}
