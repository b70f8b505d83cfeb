/**
 * A still on the stage, a photo or a frozen frame of the camera: found once, painted as often as the look changes.
 */
import type { Nail, NailTryOn } from 'lunula'
import { element } from './elements.ts'
import { disposePreview, loadPreview, type Preview, showPreview } from './preview.ts'

interface Still {
  readonly picture: Blob | HTMLCanvasElement
  readonly preview: Preview | null
  readonly nails: Nail[]
  /** Decoded once for repainting; null until the first repaint of a file. */
  bitmap: ImageBitmap | HTMLCanvasElement | null
}

export class PhotoStage {
  readonly #canvas = element('canvas', HTMLCanvasElement)
  #still: Still | null = null
  #newest: AbortController | null = null
  #painting = false
  #paintAgain = false

  get hasPhoto(): boolean {
    return this.#still !== null
  }

  /** The photo on the stage, as it was given; null for a frozen frame. */
  get file(): Blob | null {
    return this.#still?.picture instanceof Blob ? this.#still.picture : null
  }

  get nails(): readonly Nail[] {
    return this.#still?.nails ?? []
  }

  /**
   * Look for nails in a file and paint them. A newer call ends an older one (LunulaError `aborted`). When the
   * file is refused, the photo that was there before is on the stage again.
   *
   * @param session resolves when the models are there; the preview does not wait for it
   */
  async show(file: Blob, session: Promise<NailTryOn>): Promise<Nail[]> {
    const { signal } = this.#begin()
    const preview = await loadPreview(file)
    try {
      signal.throwIfAborted()
      if (preview) this.#reveal(preview, false)
      return await this.#find(file, preview, await session, signal)
    } catch (error) {
      if (this.#newest?.signal === signal) this.#reveal(this.#still?.preview ?? null, this.#still !== null)
      disposePreview(preview)
      throw error
    }
  }

  /** Look for nails in a frozen frame, better than there is time for in a live picture, and paint them. */
  async hold(frame: HTMLCanvasElement, tryOn: NailTryOn): Promise<Nail[]> {
    return this.#find(frame, null, tryOn, this.#begin().signal)
  }

  /** Paint the still again with the present look. Calls during a painting are answered by one more at its end. */
  async repaint(tryOn: NailTryOn): Promise<void> {
    this.#paintAgain = true
    if (this.#painting) return
    this.#painting = true
    try {
      while (this.#paintAgain && this.#still) {
        this.#paintAgain = false
        const still = this.#still
        const { color, finish } = tryOn.look.polish
        const { picture } = still
        still.bitmap ??= picture instanceof Blob ? await createImageBitmap(picture) : picture
        if (still !== this.#still) continue
        await tryOn.paint(still.bitmap, this.#canvas, { nails: still.nails })
        this.#wears(color, finish)
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

  #begin(): AbortController {
    this.#newest?.abort()
    this.#newest = new AbortController()
    return this.#newest
  }

  async #find(
    picture: Blob | HTMLCanvasElement,
    preview: Preview | null,
    tryOn: NailTryOn,
    signal: AbortSignal,
  ): Promise<Nail[]> {
    signal.throwIfAborted()
    const nails = await tryOn.detect(picture, { signal })
    const { color, finish } = tryOn.look.polish
    await tryOn.paint(picture, this.#canvas, { nails })
    signal.throwIfAborted()
    this.#forget()
    this.#still = { picture, preview, nails, bitmap: null }
    this.#wears(color, finish)
    this.#reveal(preview, true)
    return nails
  }

  #reveal(preview: Preview | null, painted: boolean): void {
    showPreview(preview)
    this.#canvas.classList.toggle('painted', painted)
  }

  /** For automation: what the canvas shows by now. */
  #wears(color: string, finish: string): void {
    Object.assign(this.#canvas.dataset, { color, finish })
  }

  #forget(): void {
    disposePreview(this.#still?.preview ?? null)
    const bitmap = this.#still?.bitmap
    if (bitmap instanceof ImageBitmap) bitmap.close()
    this.#still = null
  }
}
