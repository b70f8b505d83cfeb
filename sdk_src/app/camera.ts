/**
 * The live camera. The SDK asks for it, and draws frame and polish on the canvas; the video below is seen until then,
 * and where the picture is compared with what it was.
 */
import { closeCamera, LunulaError, type NailTryOn, openCamera } from 'lunula'
import { element } from './elements.ts'

/** The live picture fills the stage where at least so much of it stays in sight; 9:16 on a phone's stage is 0.7. */
const LEAST_SEEN = 0.6

export interface CameraWishes {
  /** Of `enumerateDevices`; '' for the one that looks at the hand. */
  readonly deviceId: string
  readonly mirror: 'auto' | 'on' | 'off'
}

export class CameraStage {
  readonly #video = element('video', HTMLVideoElement)
  readonly #canvas = element('canvas', HTMLCanvasElement)
  readonly #wishes: () => CameraWishes
  #use: AbortController | null = null
  #stream: MediaStream | null = null
  #tryOn: NailTryOn | null = null

  constructor(wishes: () => CameraWishes) {
    this.#wishes = wishes
    this.#video.addEventListener('resize', () => this.#fit())
    window.addEventListener('resize', () => this.#fit())
  }

  /** From the question for the camera to `close`. */
  get isOpen(): boolean {
    return this.#use !== null
  }

  get video(): HTMLVideoElement {
    return this.#video
  }

  get mirrored(): boolean {
    return document.documentElement.hasAttribute('data-mirrored')
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
    this.#show(await this.#ask(use.signal))
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

  /** Hold the live picture still. @returns the frame that stands, at the camera's full size */
  freeze(): HTMLCanvasElement {
    this.#tryOn?.pause()
    this.#video.pause()
    const frame = document.createElement('canvas')
    Object.assign(frame, { width: this.#video.videoWidth, height: this.#video.videoHeight })
    frame.getContext('2d')?.drawImage(this.#video, 0, 0)
    return frame
  }

  async goOn(): Promise<void> {
    await this.#video.play()
    this.#tryOn?.resume()
    this.#canvas.classList.add('painted')
  }

  /** The camera that was chosen; where it is not there any more, another one. */
  async #ask(signal: AbortSignal): Promise<MediaStream> {
    const { deviceId } = this.#wishes()
    if (!deviceId) return openCamera({ signal })
    return openCamera({ signal, deviceId }).catch((error) => {
      if (error instanceof LunulaError && error.code === 'camera-missing') return openCamera({ signal })
      throw error
    })
  }

  #fit(): void {
    const { videoWidth, videoHeight, clientWidth, clientHeight } = this.#video
    const ratio = videoWidth / videoHeight / (clientWidth / clientHeight)
    document.documentElement.dataset.fit = Math.min(ratio, 1 / ratio) < LEAST_SEEN ? 'contain' : 'cover'
  }

  #show(stream: MediaStream): void {
    this.#stream = stream
    const facing = stream.getVideoTracks()[0]?.getSettings().facingMode
    const { mirror } = this.#wishes()
    // A camera that does not say where it looks is a webcam: people expect a mirror.
    const mirrored = mirror === 'auto' ? facing !== 'environment' : mirror === 'on'
    document.documentElement.toggleAttribute('data-mirrored', mirrored)
    this.#video.srcObject = stream
    this.#video.hidden = false
  }
}
