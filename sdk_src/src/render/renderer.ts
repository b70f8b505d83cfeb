import type { ResolvedLook } from '../look/look.ts'
import type { Nail, Rect } from '../types.ts'
import { Losses } from '../worker/losses.ts'
import type { PaintWithPixels } from './canvas_renderer.ts'
import { type PaintedNail, union, withLook } from './painted.ts'
import { Patterns } from './patterns.ts'
import { WebglRenderer } from './webgl_renderer.ts'

export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** After a lost context, another one is asked for so much later: the driver needs a moment. */
const RETRY_MS = 500
/** And so much later when it was the second within a minute: something is wrong with the driver. */
const RETRY_LOST_AGAIN_MS = 60_000
/** And so much later when there was none to be had, which costs more than painting without. */
const RETRY_REFUSED_MS = 10_000

/**
 * Paints nails over what a 2D canvas shows: with WebGL where there is, else pixel by pixel, by code that is loaded then.
 *
 * WebGL draws on a canvas of its own that is then copied, so the page's canvas keeps its pixels for `toBlob`, and a lost
 * context costs nothing but a moment of slower painting.
 */
export class NailRenderer {
  /** The pictures of nail art. */
  readonly patterns = new Patterns()
  #webgl: WebglRenderer | undefined
  #retryAt = 0
  #scratch: CanvasRenderingContext2D | undefined
  readonly #losses = new Losses()
  #lost = false
  #paintWithPixels: PaintWithPixels | undefined
  #loading: Promise<void> | undefined
  readonly #loadPixelPainter: () => Promise<PaintWithPixels>
  readonly #allowWebgl: boolean
  readonly #onRecovered: () => void

  /** onRecovered: called when something is painted again after a context was lost. */
  constructor(loadPixelPainter: () => Promise<PaintWithPixels>, allowWebgl = true, onRecovered = () => {}) {
    this.#loadPixelPainter = loadPixelPainter
    this.#allowWebgl = allowWebgl
    this.#onRecovered = onRecovered
    this.#renderer() // opens WebGL, which compiles, before anything is painted
  }

  /**
   * Paints on the picture that the canvas holds now. video: what was drawn on the whole canvas, to save a copy.
   * Returns false, with nothing painted, when there is no WebGL and what does without is not loaded yet: see `ready`.
   */
  paint(context: Context2D, nails: Nail[], look: ResolvedLook, video?: HTMLVideoElement): boolean {
    const { width, height } = context.canvas
    const painted = withLook(nails, look, width, height)
    const region = union(painted.map((nail) => nail.bounds))
    if (!region) return true
    const whole = { x: 0, y: 0, width, height }
    const done = video
      ? this.#paintWithWebgl(context, painted, whole, () => video)
      : this.#paintWithWebgl(context, painted, region, () => this.#cut(context, region))
    if (!done) {
      if (!this.#paintWithPixels) {
        this.ready().catch(() => {}) // a later frame, or WebGL, which comes back
        return false
      }
      this.#paintWithPixels(context, painted, this.patterns)
    }
    if (this.#lost) this.#onRecovered()
    this.#lost = false
    return true
  }

  /** Loads what paints without WebGL. Throws `asset-missing`. */
  ready(): Promise<void> {
    this.#loading ??= this.#loadPixelPainter().then(
      (loaded) => {
        this.#paintWithPixels = loaded
      },
      (thrown) => {
        setTimeout(() => {
          this.#loading = undefined
        }, RETRY_MS)
        throw thrown
      },
    )
    return this.#loading
  }

  close(): void {
    this.#webgl?.close()
    this.#webgl = undefined
    this.#scratch = undefined
  }

  #paintWithWebgl(context: Context2D, nails: PaintedNail[], region: Rect, photo: () => TexImageSource): boolean {
    const renderer = this.#renderer()
    if (!renderer?.paint(photo(), region, nails, this.patterns)) return false
    context.drawImage(renderer.canvas, region.x, region.y)
    return true
  }

  #renderer(): WebglRenderer | undefined {
    if (this.#webgl?.usable) return this.#webgl
    const now = performance.now()
    if (this.#webgl) {
      this.#webgl = undefined
      this.#lost = true
      if (this.#losses.add(now) > 1) this.#retryAt = now + RETRY_LOST_AGAIN_MS
    }
    if (!this.#allowWebgl || now < this.#retryAt) return undefined
    this.#webgl = WebglRenderer.open()
    this.#retryAt = now + (this.#webgl ? RETRY_MS : RETRY_REFUSED_MS)
    return this.#webgl
  }

  /** A copy of the part of the canvas that is painted on: a 50-megapixel photo need not become a texture. */
  #cut(context: Context2D, { x, y, width, height }: Rect): HTMLCanvasElement {
    this.#scratch ??= document.createElement('canvas').getContext('2d')!
    Object.assign(this.#scratch.canvas, { width, height })
    this.#scratch.drawImage(context.canvas, x, y, width, height, 0, 0, width, height)
    return this.#scratch.canvas
  }
}
