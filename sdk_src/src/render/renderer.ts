import type { ResolvedLook } from '../look/look.ts'
import type { Nail, Polish, Rect } from '../types.ts'
import { Losses } from '../worker/losses.ts'
import type { PaintWithPixels } from './canvas_renderer.ts'
import { type PaintedNail, union, withLook } from './painted.ts'
import type { Patterns } from './patterns.ts'
import * as PLAIN from './shaders/plain_program.ts'
import type { SpaceOf } from './space.ts'
import { type Shaders, WebglRenderer } from './webgl_renderer.ts'

export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** What this file does without until a page needs it. Both throw `asset-missing`. */
export interface Loaders {
  /** What paints without WebGL. */
  pixelPainter: () => Promise<PaintWithPixels>
  /** Every finish, shape and length. */
  finishes: () => Promise<typeof import('./finishes_chunk.ts')>
}

/** After a lost context, or a file that did not come, another is asked for so much later. */
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
  #patterns: Patterns | undefined
  #shaders: Shaders = PLAIN
  #webgl: WebglRenderer | undefined
  #retryAt = 0
  #scratch: CanvasRenderingContext2D | undefined
  readonly #losses = new Losses()
  #lost = false
  #paintWithPixels: PaintWithPixels | undefined
  readonly #pixelPainter: () => Promise<void>
  readonly #finishes: () => Promise<void>
  readonly #allowWebgl: boolean
  readonly #onRecovered: () => void
  readonly #spaceOf: SpaceOf | undefined

  /** onRecovered: called when something is painted again after a context was lost; spaceOf: where nails are tilted. */
  constructor({ pixelPainter, finishes }: Loaders, allowWebgl = true, onRecovered = () => {}, spaceOf?: SpaceOf) {
    this.#pixelPainter = once(async () => {
      this.#paintWithPixels = await pixelPainter()
    })
    this.#finishes = once(async () => {
      const loaded = await finishes()
      await this.#webgl?.change(loaded)
      this.#shaders = loaded
      this.#patterns = new loaded.Patterns()
    })
    this.#allowWebgl = allowWebgl
    this.#onRecovered = onRecovered
    this.#spaceOf = spaceOf
    this.#renderer() // opens WebGL, which compiles, before anything is painted
  }

  /**
   * Loads what a look needs beyond natural nails of one colour; until then its colour alone is painted. Throws
   * `asset-missing`.
   */
  async prepare({ polish, fingers }: ResolvedLook): Promise<void> {
    if (![polish, ...Object.values(fingers)].every(isPlain)) await this.#finishes()
  }

  /** Gives a picture of nail art its name. Throws `asset-missing`. */
  async addPattern(name: string, picture: ImageBitmap | HTMLCanvasElement): Promise<void> {
    await this.#finishes()
    this.#patterns!.add(name, picture)
  }

  /**
   * Paints on the picture that the canvas holds now. video: what was drawn on the whole canvas, to save a copy.
   * Returns false, with nothing painted, when there is no WebGL and what does without is not loaded yet: see `ready`.
   */
  paint(context: Context2D, nails: Nail[], look: ResolvedLook, video?: HTMLVideoElement): boolean {
    const { width, height } = context.canvas
    if (!this.#patterns) this.prepare(look).catch(() => {}) // a later frame
    const painted = withLook(nails, look, width, height, this.#spaceOf)
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
      this.#paintWithPixels(context, painted, this.#patterns)
    }
    if (this.#lost) this.#onRecovered()
    this.#lost = false
    return true
  }

  /** Loads what paints without WebGL. Throws `asset-missing`. */
  ready(): Promise<void> {
    return this.#pixelPainter()
  }

  close(): void {
    this.#webgl?.close()
    this.#webgl = undefined
    this.#scratch = undefined
  }

  #paintWithWebgl(context: Context2D, nails: PaintedNail[], region: Rect, photo: () => TexImageSource): boolean {
    const renderer = this.#renderer()
    if (!renderer?.paint(photo(), region, nails, this.#patterns)) return false
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
    this.#webgl = WebglRenderer.open(this.#shaders)
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

/** What the first shaders can paint. */
function isPlain({ finish, shape, length }: Required<Polish>): boolean {
  return ['cream', 'gloss', 'matte'].includes(finish) && shape === 'natural' && length === 0
}

/** Loads once; what failed is asked for again when RETRY_MS have passed. */
function once(load: () => Promise<void>): () => Promise<void> {
  let loading: Promise<void> | undefined
  return () => {
    loading ??= load().catch((thrown) => {
      setTimeout(() => {
        loading = undefined
      }, RETRY_MS)
      throw thrown
    })
    return loading
  }
}
