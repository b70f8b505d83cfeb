import type { PATTERNS } from '../look/choices.ts'
import type { PaintedNail } from './painted.ts'
import { makeTexture } from './webgl_renderer.ts'

/** Side of a pattern's picture, pixels: a nail is rarely wider on a screen. */
export const PATTERN_SIZE = 256
/** Patterns that can be shown in one picture: one a finger. */
const MAX_PATTERNS = 5

type Draw = (context: CanvasRenderingContext2D, size: number) => void

/** Drawn in the accent colour. Places and sizes are shares of the picture. */
const BUILT_IN: Record<(typeof PATTERNS)[number], Draw> = {
  dots: (context, size) => {
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 8; column++) {
        disc(context, ((column + (row % 2) / 2 + 0.25) * size) / 8, ((row + 0.5) * size) / 8, size / 34)
      }
    }
  },
  stripes: (context, size) => {
    context.rotate(-0.5)
    for (let x = -1; x < 2; x += 0.13) context.fillRect(x * size, -size, 0.05 * size, 3 * size)
  },
  checks: (context, size) => {
    for (let i = 0; i < 32; i++)
      context.fillRect(
        (((i * 2) % 8) + (Math.floor(i / 4) % 2)) * (size / 8),
        Math.floor(i / 4) * (size / 8),
        size / 8,
        size / 8,
      )
  },
  flowers: (context, size) => {
    for (const [x, y, turn] of [
      [0.3, 0.26, 0],
      [0.68, 0.42, 0.6],
      [0.36, 0.62, 0.3],
      [0.66, 0.84, 0.9],
    ] as const) {
      for (let petal = 0; petal < 5; petal++) {
        const angle = turn + (petal * 2 * Math.PI) / 5
        disc(context, (x + 0.05 * Math.cos(angle)) * size, (y + 0.05 * Math.sin(angle)) * size, 0.042 * size)
      }
      context.globalCompositeOperation = 'destination-out'
      disc(context, x * size, y * size, 0.022 * size)
      context.globalCompositeOperation = 'source-over'
    }
  },
}

/** Pictures by name. A name that nobody gave a picture is never fetched: the nail is painted plain. */
export class Patterns {
  readonly #own = new Map<string, HTMLCanvasElement>()
  readonly #drawn = new Map<string, HTMLCanvasElement>()
  /** What the layers of a context's texture hold. */
  readonly #layers = new WeakMap<WebGL2RenderingContext, HTMLCanvasElement[]>()

  /** Takes a copy of a picture, its middle cut square. */
  add(name: string, picture: ImageBitmap | HTMLCanvasElement): void {
    const side = Math.min(picture.width, picture.height)
    const [x, y] = [(picture.width - side) / 2, (picture.height - side) / 2]
    const context = square()
    context.drawImage(picture, x, y, side, side, 0, 0, PATTERN_SIZE, PATTERN_SIZE)
    this.#own.set(name, context.canvas)
  }

  /** The picture, if there is one of that name; accent: colour of a built-in one. The same object as long as it is the same. */
  get(name: string, accent: string): HTMLCanvasElement | undefined {
    const own = this.#own.get(name)
    if (own || !Object.hasOwn(BUILT_IN, name)) return own
    const key = `${name} ${accent}`
    const drawn = this.#drawn.get(key) ?? draw(BUILT_IN[name as keyof typeof BUILT_IN], accent)
    if (this.#drawn.size > 16) this.#drawn.clear() // a colour picker being dragged
    this.#drawn.set(key, drawn)
    return drawn
  }

  /** Puts the nails' patterns into the texture of a unit; gives each nail's layer there, -1 without. */
  upload(gl: WebGL2RenderingContext, unit: number, nails: PaintedNail[]): number[] {
    const pictures = nails.map(({ polish }) =>
      polish.finish === 'pattern' ? this.get(polish.pattern, polish.accent) : undefined,
    )
    const shown = [...new Set(pictures.filter((picture) => picture !== undefined))]
    this.#write(gl, unit, shown)
    return pictures.map((picture) => (picture ? shown.indexOf(picture) % MAX_PATTERNS : -1))
  }

  #write(gl: WebGL2RenderingContext, unit: number, pictures: HTMLCanvasElement[]): void {
    const layers = this.#layers.get(gl) ?? []
    if (pictures.every((picture, layer) => layers[layer] === picture)) return
    const { TEXTURE_2D_ARRAY: target, RGBA, UNSIGNED_BYTE } = gl
    if (layers.length === 0) {
      makeTexture(gl, unit, target)
      const levels = Math.log2(PATTERN_SIZE) + 1
      gl.texStorage3D(target, levels, gl.RGBA8, PATTERN_SIZE, PATTERN_SIZE, MAX_PATTERNS)
      gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR)
      this.#layers.set(gl, layers)
    }
    gl.activeTexture(gl.TEXTURE0 + unit)
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true) // or smaller levels mix in the black of what is transparent
    pictures.slice(0, MAX_PATTERNS).forEach((picture, layer) => {
      layers[layer] = picture
      gl.texSubImage3D(target, 0, 0, 0, layer, PATTERN_SIZE, PATTERN_SIZE, 1, RGBA, UNSIGNED_BYTE, picture)
    })
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false)
    gl.generateMipmap(target)
  }
}

function square(): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: PATTERN_SIZE, height: PATTERN_SIZE })
  return canvas.getContext('2d')!
}

function draw(pattern: Draw, accent: string): HTMLCanvasElement {
  const context = square()
  context.fillStyle = accent
  pattern(context, PATTERN_SIZE)
  return context.canvas
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}
