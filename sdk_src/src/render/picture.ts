import { mix } from './coat_color.ts'
import { toLinear } from './color.ts'
import type { PaintedNail } from './painted.ts'
import { PATTERN_SIZE, type Patterns } from './patterns.ts'

const NOTHING = [0, 0, 0, 0]

/** The picture of nail art on one nail, for painting without WebGL. */
export class Picture {
  readonly #pixels: ImageData | undefined
  readonly #scale: [number, number]

  /** Empty unless the polish is a pattern that there is a picture for. */
  static of({ polish, axes }: PaintedNail, patterns: Patterns | undefined): Picture {
    const source = polish.finish === 'pattern' ? patterns?.get(polish.pattern, polish.accent) : undefined
    const most = 2 * Math.max(axes.halfWidth, axes.halfLength)
    const scale: [number, number] = [axes.halfWidth / most, axes.halfLength / most]
    if (!source) return new Picture(undefined, scale)
    // Made as small as it is shown, where WebGL has its smaller levels.
    const side = Math.max(4, Math.min(Math.round(most), PATTERN_SIZE))
    const context = Object.assign(document.createElement('canvas'), { width: side, height: side }).getContext('2d')!
    context.imageSmoothingQuality = 'high'
    context.drawImage(source, 0, 0, side, side)
    return new Picture(context.getImageData(0, 0, side, side), scale)
  }

  private constructor(pixels: ImageData | undefined, scale: [number, number]) {
    this.#pixels = pixels
    this.#scale = scale
  }

  /** Linear red, green, blue, and how much it covers, between its pixels. */
  at(u: number, v: number): number[] {
    const pixels = this.#pixels
    if (!pixels) return NOTHING
    const side = pixels.width
    const x = (u * this.#scale[0] + 0.5) * side - 0.5
    const y = (0.5 - v * this.#scale[1]) * side - 0.5
    const sum = [0, 0, 0, 0]
    for (const [column, row] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const weight = share(x, column) * share(y, row)
      const at = (inside(y + row, side) * side + inside(x + column, side)) * 4
      const cover = (weight * pixels.data[at + 3]!) / 255
      sum[3]! += cover
      for (let i = 0; i < 3; i++) sum[i]! += (cover * pixels.data[at + i]!) / 255
    }
    const [red, green, blue, cover] = sum as [number, number, number, number]
    return [...[red, green, blue].map((channel) => toLinear(channel / Math.max(cover, 1e-3))), cover]
  }
}

function share(position: number, step: number): number {
  const part = position - Math.floor(position)
  return mix(1 - part, part, step)
}

function inside(position: number, side: number): number {
  return Math.min(Math.max(Math.floor(position), 0), side - 1)
}
