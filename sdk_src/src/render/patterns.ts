import type { PATTERNS } from '../look/choices.ts'

/** Side of a pattern's picture, pixels: a nail is rarely wider on a screen. */
export const PATTERN_SIZE = 256
/** Patterns that can be shown in one picture: one a finger. */
export const MAX_PATTERNS = 5

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
