import type { Affine, Rect } from '../types.ts'
import { toLinear, toSrgb } from './color.ts'
import { SHADING } from './look.ts'
import { sampleMask } from './mask_spline.ts'
import { apply, invert, maskBounds, type PaintedNail } from './painted.ts'
import type { Context2D } from './renderer.ts'

const LINEAR = Float32Array.from({ length: 256 }, (_, i) => toLinear(i / 255))
const RING = Array.from({ length: SHADING.blurTaps }, (_, i) => (i * 2 * Math.PI) / SHADING.blurTaps)

/** Paints with pixels instead of shaders: the same look, for browsers without WebGL 2 and for the largest photos. */
export function paintWithPixels(context: Context2D, nails: PaintedNail[]): void {
  for (const painted of nails) {
    const bounds = maskBounds(painted.nail, context.canvas.width, context.canvas.height)
    const toMask = invert(painted.nail.mask.transform)
    if (bounds && toMask) paintNail(context, painted, bounds, toMask)
  }
}

function paintNail(context: Context2D, painted: PaintedNail, bounds: Rect, toMask: Affine): void {
  const image = context.getImageData(bounds.x, bounds.y, bounds.width, bounds.height)
  const luminance = new Luminance(image, bounds)
  const mean = meanUnderMask(painted, luminance)
  const { data } = image
  const { mask } = painted.nail
  // Mask pixels per output pixel: how wide the edge is in the mask.
  const step = Math.sqrt(Math.abs(toMask[0] * toMask[4] - toMask[1] * toMask[3]))
  for (let row = 0; row < bounds.height; row++) {
    for (let column = 0; column < bounds.width; column++) {
      const x = bounds.x + column + 0.5
      const y = bounds.y + row + 0.5
      const [maskX, maskY] = apply(toMask, x, y)
      if (maskX < 0 || maskY < 0 || maskX > mask.width || maskY > mask.height) continue
      const { value, slope } = sampleMask(mask, maskX, maskY)
      const edge = Math.max(slope * step * SHADING.edge, 1e-4)
      const alpha = Math.min(Math.max((value - 0.5) / edge + 0.5, 0), 1) * painted.opacity
      if (alpha === 0) continue
      const light = shadePixel(painted, luminance, mean, x, y)
      const at = (row * bounds.width + column) * 4
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = data[at + channel]! * (1 - alpha) + toSrgb(light[channel]!) * 255 * alpha
      }
      data[at + 3] = data[at + 3]! * (1 - alpha) + 255 * alpha
    }
  }
  context.putImageData(image, bounds.x, bounds.y)
}

/** The twin of the fragment shader: change both. */
function shadePixel({ nail, color, look }: PaintedNail, luminance: Luminance, mean: number, x: number, y: number) {
  const { center, size, direction } = nail
  const halfWidth = Math.max(size.width / 2, 1)
  const alongX = Math.cos(direction)
  const alongY = Math.sin(direction)
  const u = ((y - center.y) * alongX - (x - center.x) * alongY) / halfWidth
  const v = ((x - center.x) * alongX + (y - center.y) * alongY) / Math.max(size.length / 2, 1)

  const here = luminance.at(x, y)
  let ring = here
  for (const angle of RING) {
    const radius = SHADING.blurRadius * halfWidth
    ring += luminance.at(x + Math.cos(angle) * radius, y + Math.sin(angle) * radius)
  }
  ring /= RING.length + 1

  const scene = Math.min(mean / SHADING.darkBelow, 1) ** SHADING.darkExponent
  const shade = Math.min(Math.max(ring / mean, SHADING.least), SHADING.most) ** look.shading
  const side = 1 - SHADING.sideShade * Math.min(u ** 4, 1)
  const own = Math.max(here - Math.max(SHADING.highlightOverMean * mean, SHADING.highlightOverRing * ring), 0)

  const d = u - SHADING.offset * (alongX * SHADING.light[1] - alongY * SHADING.light[0])
  const narrow = Math.exp((-d * d) / (2 * SHADING.narrow[0] ** 2)) * SHADING.narrow[1]
  const wide = Math.exp((-d * d) / (2 * SHADING.wide[0] ** 2)) * SHADING.wide[1]
  const fade = smoothstep(SHADING.fadeIn, v) * (1 - smoothstep(SHADING.fadeOut, v))
  const added = own * look.natural + (narrow + wide) * fade * look.gloss * scene
  return color.map((channel) => channel * shade * side * scene + added)
}

function meanUnderMask({ nail: { mask } }: PaintedNail, luminance: Luminance): number {
  const grid = SHADING.meanGrid
  let sum = 0
  let weight = 0
  for (let i = 0; i < grid * grid; i++) {
    const x = (((i % grid) + 0.5) / grid) * mask.width
    const y = ((Math.floor(i / grid) + 0.5) / grid) * mask.height
    if (mask.data[Math.floor(y) * mask.width + Math.floor(x)]! < 128) continue
    sum += luminance.at(...apply(mask.transform, x, y))
    weight++
  }
  return Math.max(sum / Math.max(weight, 1), 0.01)
}

/** Linear luminance of a picture before it is painted over; nearest pixel, clamped at the border. */
class Luminance {
  readonly #values: Float32Array
  readonly #bounds: Rect

  constructor({ data }: ImageData, bounds: Rect) {
    this.#bounds = bounds
    this.#values = new Float32Array(bounds.width * bounds.height)
    for (let i = 0; i < this.#values.length; i++) {
      const [red, green, blue] = [data[i * 4]!, data[i * 4 + 1]!, data[i * 4 + 2]!]
      this.#values[i] = 0.2126 * LINEAR[red]! + 0.7152 * LINEAR[green]! + 0.0722 * LINEAR[blue]!
    }
  }

  at(x: number, y: number): number {
    const { x: left, y: top, width, height } = this.#bounds
    const column = Math.min(Math.max(Math.floor(x) - left, 0), width - 1)
    const row = Math.min(Math.max(Math.floor(y) - top, 0), height - 1)
    return this.#values[row * width + column]!
  }
}

function smoothstep([from, to]: [number, number], value: number): number {
  const t = Math.min(Math.max((value - from) / (to - from), 0), 1)
  return t * t * (3 - 2 * t)
}
