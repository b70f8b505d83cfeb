import type { Nail } from '../types.ts'
import type { Vector } from '../vector.ts'

/** Where a nail's mask is, in the nail's own coordinates: u across in half widths, v along in half lengths. */
export interface Outline {
  /** Bounds of everything that the mask may paint. */
  left: number
  right: number
  base: number
  end: number
  /** v of the tip, in the middle of the nail. */
  tip: number
  /** Where the nail is lengthened from: v, u of the middle there, half width there. */
  start: number
  middle: number
  half: number
}

/** The nail's coordinates in the frame. */
export interface Axes {
  x: number
  y: number
  /** Unit vector from cuticle to tip; the one across is it turned by a quarter. */
  alongX: number
  alongY: number
  halfLength: number
  halfWidth: number
}

/** Below this a mask pixel can never be painted, whatever the photo's edges say; 0 to 255. */
const FAINT = 8
/** A lengthened nail starts here: its sides are parallel, cuticle and tip are far. */
const START = 0.15
const BAND = 0.12

/** A nail's axis and the direction across it, of one that lies in the picture's plane. */
export function inPicture({ direction }: Pick<Nail, 'direction'>): { along: Vector; across: Vector } {
  const [c, s] = [Math.cos(direction), Math.sin(direction)]
  return { along: [c, s, 0], across: [-s, c, 0] }
}

/** By the mask's pixels, which a tracked nail shares from frame to frame: in its own coordinates it stays as it is. */
const known = new WeakMap<Uint8Array, Outline>()

export function axesOf({ center, size, direction }: Nail): Axes {
  return {
    ...center,
    alongX: Math.cos(direction),
    alongY: Math.sin(direction),
    halfLength: Math.max(size.length / 2, 1),
    halfWidth: Math.max(size.width / 2, 1),
  }
}

/** Undefined for an empty mask. */
export function outlineOf(nail: Nail, axes: Axes): Outline | undefined {
  const found = known.get(nail.mask.data) ?? measure(nail, axes)
  if (found) known.set(nail.mask.data, found)
  return found
}

function measure({ mask }: Nail, axes: Axes): Outline | undefined {
  const { data, width, height, transform } = mask
  const [a, b, c, d, e, f] = transform
  const { alongX, alongY, halfLength, halfWidth } = axes
  const all = { left: Infinity, right: -Infinity, base: Infinity, end: -Infinity }
  let [tip, left, right] = [-Infinity, Infinity, -Infinity]
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = data[row * width + column]!
      if (value < FAINT) continue
      const x = a * (column + 0.5) + b * (row + 0.5) + c - axes.x
      const y = d * (column + 0.5) + e * (row + 0.5) + f - axes.y
      const u = (y * alongX - x * alongY) / halfWidth
      const v = (x * alongX + y * alongY) / halfLength
      all.left = Math.min(all.left, u)
      all.right = Math.max(all.right, u)
      all.base = Math.min(all.base, v)
      all.end = Math.max(all.end, v)
      if (value < 128) continue
      if (Math.abs(u) < 0.35) tip = Math.max(tip, v)
      if (Math.abs(v - START) > BAND) continue
      left = Math.min(left, u)
      right = Math.max(right, u)
    }
  }
  if (!(all.right >= all.left)) return undefined
  // Half a mask pixel from its centre to its edge, and two for the spline that is drawn through the pixels.
  const pixel = Math.sqrt(Math.abs(a * e - b * d))
  const [padU, padV] = [(2.5 * pixel) / halfWidth, (2.5 * pixel) / halfLength]
  const wide = right > left ? [left, right] : [-1, 1]
  return {
    left: all.left - padU,
    right: all.right + padU,
    base: all.base - padV,
    end: all.end + padV,
    tip: Number.isFinite(tip) ? tip + (0.5 * pixel) / halfLength : 1,
    start: START,
    middle: (wide[0]! + wide[1]!) / 2,
    half: (wide[1]! - wide[0]! + pixel / halfWidth) / 2,
  }
}
