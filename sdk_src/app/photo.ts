/**
 * A photo on the stage: found once, painted as often as the polish changes.
 */
import type { Nail, NailTryOn, Polish } from 'lunula'
import { element } from './elements.ts'
import { disposePreview, loadPreview, type Preview, showPreview } from './preview.ts'

interface Photo {
  readonly file: Blob
  readonly preview: Preview | null
  readonly nails: Nail[]
  /** Decoded once for repainting; null until the first repaint. */
  bitmap: ImageBitmap | null
}

export class PhotoStage {
  readonly #canvas = element('canvas', HTMLCanvasElement)
  #photo: Photo | null = null
  #newest: AbortController | null = null
  #painting = false
  #paintAgain = false

  get hasPhoto(): boolean {
    return this.#photo !== null
  }

  /** The photo on the stage, as it was given. */
  get file(): Blob | null {
    return this.#photo?.file ?? null
  }

  /**
   * Look for nails in a file and paint them. A newer call ends an older one (LunulaError `aborted`). When the
   * file is refused, the photo that was there before is on the stage again.
   *
   * @param session resolves when the models are there; the preview does not wait for it
   */
  async show(file: Blob, session: Promise<NailTryOn>): Promise<Nail[]> {
    this.#newest?.abort()
    const request = new AbortController()
    this.#newest = request
    const preview = await loadPreview(file)
    try {
      request.signal.throwIfAborted()
      if (preview) this.#reveal(preview, false)
      const tryOn = await session
      request.signal.throwIfAborted()
      const nails = await tryOn.detect(file, { signal: request.signal })
      await tryOn.paint(file, this.#canvas, { nails })
      request.signal.throwIfAborted()
      this.#forget()
      this.#photo = { file, preview, nails, bitmap: null }
      this.#wears(tryOn.polish)
      this.#reveal(preview, true)
      return nails
    } catch (error) {
      if (this.#newest === request) this.#reveal(this.#photo?.preview ?? null, this.#photo !== null)
      disposePreview(preview)
      throw error
    }
  }

  /** Paint the photo again with the present polish. Calls during a painting are answered by one more at its end. */
  async repaint(tryOn: NailTryOn): Promise<void> {
    this.#paintAgain = true
    if (this.#painting) return
    this.#painting = true
    try {
      while (this.#paintAgain && this.#photo) {
        this.#paintAgain = false
        const photo = this.#photo
        const { polish } = tryOn
        photo.bitmap ??= await createImageBitmap(photo.file)
        if (photo !== this.#photo) continue
        await tryOn.paint(photo.bitmap, this.#canvas, { nails: photo.nails })
        this.#wears(polish)
      }
    } finally {
      this.#painting = false
    }
  }

  /** Empty the stage. */
  clear(): void {
    this.#newest?.abort()
    this.#newest = null
    this.#forget()
    this.#reveal(null, false)
  }

  #reveal(preview: Preview | null, painted: boolean): void {
    showPreview(preview)
    this.#canvas.classList.toggle('painted', painted)
  }

  /** For automation: what the canvas shows by now. */
  #wears({ color, finish }: Polish): void {
    Object.assign(this.#canvas.dataset, { color, finish })
  }

  #forget(): void {
    disposePreview(this.#photo?.preview ?? null)
    this.#photo?.bitmap?.close()
    this.#photo = null
  }
}
