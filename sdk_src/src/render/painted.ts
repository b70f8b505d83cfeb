import type { Affine, Nail, Polish, Rect } from '../types.ts'
import { type LinearRgb, parseColor } from './color.ts'
import { LOOKS, type Look } from './look.ts'

/** A nail and what is painted on it. */
export interface PaintedNail {
  nail: Nail
  color: LinearRgb
  look: Look
  opacity: number
}

/** Every nail with its polish. */
export function withPolish(nails: Nail[], { color, finish, opacity }: Required<Polish>): PaintedNail[] {
  const paint = { color: parseColor(color), look: LOOKS[finish], opacity }
  return nails.map((nail) => ({ nail, ...paint }))
}

/** The whole pixels that a mask's square touches, cut at the picture's border; undefined when it lies outside. */
export function maskBounds({ mask }: Nail, width: number, height: number): Rect | undefined {
  const corners = [0, 1, 2, 3].map((i) => apply(mask.transform, (i & 1) * mask.width, (i >> 1) * mask.height))
  const xs = corners.map(([x]) => x)
  const ys = corners.map(([, y]) => y)
  const left = Math.max(0, Math.floor(Math.min(...xs)))
  const top = Math.max(0, Math.floor(Math.min(...ys)))
  const right = Math.min(width, Math.ceil(Math.max(...xs)))
  const bottom = Math.min(height, Math.ceil(Math.max(...ys)))
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined
}

/** The smallest rectangle around all of them. */
export function union(rects: Rect[]): Rect | undefined {
  if (rects.length === 0) return undefined
  const x = Math.min(...rects.map((rect) => rect.x))
  const y = Math.min(...rects.map((rect) => rect.y))
  const right = Math.max(...rects.map((rect) => rect.x + rect.width))
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height))
  return { x, y, width: right - x, height: bottom - y }
}

export function apply([a, b, c, d, e, f]: Affine, x: number, y: number): [number, number] {
  return [a * x + b * y + c, d * x + e * y + f]
}

/** Undefined for an affine that flattens. */
export function invert([a, b, c, d, e, f]: Affine): Affine | undefined {
  const determinant = a * e - b * d
  if (!(Math.abs(determinant) > 1e-12)) return undefined
  const [i, j, k, l] = [e / determinant, -b / determinant, -d / determinant, a / determinant]
  return [i, j, -(i * c + j * f), k, l, -(k * c + l * f)]
}
