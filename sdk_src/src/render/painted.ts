import { FINISHES } from '../look/choices.ts'
import type { ResolvedLook } from '../look/look.ts'
import type { Affine, Nail, Polish, Rect } from '../types.ts'
import { dot, unit, type Vector } from '../vector.ts'
import { COATS, type Coat, SHADING } from './coat.ts'
import { type LinearRgb, parseColor } from './color.ts'
import { type Axes, axesOf, inPicture, type Outline, outlineOf } from './outline.ts'
import { SHAPE_CURVES } from './shapes.ts'
import type { SpaceOf } from './space.ts'

/** A nail and what is painted on it: everything a renderer needs, computed once. */
export interface PaintedNail {
  nail: Nail
  polish: Required<Polish>
  /** Place in `FINISHES`. */
  finish: number
  color: LinearRgb
  accent: LinearRgb
  coat: Coat
  axes: Axes
  outline: Outline
  /** Frame pixels to mask pixels. */
  toMask: Affine
  /** v where the lengthened nail ends; the tip's, when it is not lengthened. */
  end: number
  lengthened: boolean
  curve: [number, number, number]
  /** The nail's axis and the direction across it, camera frame. */
  along: Vector
  across: Vector
  /** Where the light is mirrored: angle across (radians), v along. */
  mirror: [number, number]
  /** The whole pixels that may change, cut at the picture's border. */
  bounds: Rect
}

/** Every nail that can be seen, with its polish. width, height: of the picture; spaceOf: for nails that are tilted. */
export function withLook(
  nails: Nail[],
  look: ResolvedLook,
  width: number,
  height: number,
  spaceOf: SpaceOf = inPicture,
): PaintedNail[] {
  return nails.flatMap((nail) => {
    const polish = look.fingers[nail.finger] ?? look.polish
    const axes = axesOf(nail)
    const outline = outlineOf(nail, axes)
    const toMask = invert(nail.mask.transform)
    if (polish.opacity === 0 || !outline || !toMask) return []
    const lengthened = polish.length > 0 || polish.shape !== 'natural'
    const end = outline.tip + 2 * polish.length
    const bounds = boundsOf(axes, quadOf(outline, end, lengthened), width, height)
    if (!bounds) return []
    const { along, across } = spaceOf(nail)
    return {
      nail,
      polish,
      finish: FINISHES.indexOf(polish.finish),
      color: parseColor(polish.color),
      accent: parseColor(polish.accent),
      coat: COATS[polish.finish],
      axes,
      outline,
      toMask,
      end,
      lengthened,
      curve: SHAPE_CURVES[polish.shape],
      along,
      across,
      mirror: mirrorOf(along, across),
      bounds,
    }
  })
}

/** What is drawn of a nail, in its own coordinates: left, base, right, end. */
export function quadOf(outline: Outline, end: number, lengthened: boolean): [number, number, number, number] {
  const { left, base, right, middle, half } = outline
  if (!lengthened) return [left, base, right, outline.end]
  const shadow = SHADOW_REACH * 1.5
  const wide = half + shadow
  return [Math.min(left, middle - wide), base, Math.max(right, middle + wide), Math.max(outline.end, end + shadow)]
}

/** How far the shadow of a lengthened nail reaches, half widths. */
export const SHADOW_REACH = 0.22

function mirrorOf(along: Vector, across: Vector): [number, number] {
  // Half-way between the light and the camera.
  const [x, y, z] = unit(SHADING.light)
  const half = unit([x, y, z - 1])
  const angle = Math.asin(Math.min(Math.max(dot(half, across), -0.95), 0.95))
  // Along the nail the mirror would often lie beyond the ends; people expect to see it.
  return [angle, Math.min(Math.max(dot(half, along) * 0.9, -0.3), 0.35)]
}

function boundsOf(axes: Axes, quad: [number, number, number, number], width: number, height: number): Rect | undefined {
  const [left, base, right, end] = quad
  const corners = [
    [left, base],
    [right, base],
    [left, end],
    [right, end],
  ].map(([u, v]) => toFrame(axes, u!, v!))
  const xs = corners.map(([x]) => x)
  const ys = corners.map(([, y]) => y)
  const x = Math.max(0, Math.floor(Math.min(...xs)))
  const y = Math.max(0, Math.floor(Math.min(...ys)))
  const far = Math.min(width, Math.ceil(Math.max(...xs)))
  const low = Math.min(height, Math.ceil(Math.max(...ys)))
  return far > x && low > y ? { x, y, width: far - x, height: low - y } : undefined
}

/** The nail's coordinates to the frame's. */
export function toFrame({ x, y, alongX, alongY, halfLength, halfWidth }: Axes, u: number, v: number): [number, number] {
  const [across, along] = [u * halfWidth, v * halfLength]
  return [x + along * alongX - across * alongY, y + along * alongY + across * alongX]
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

function invert([a, b, c, d, e, f]: Affine): Affine | undefined {
  const determinant = a * e - b * d
  if (!(Math.abs(determinant) > 1e-12)) return undefined
  const [i, j, k, l] = [e / determinant, -b / determinant, -d / determinant, a / determinant]
  return [i, j, -(i * c + j * f), k, l, -(k * c + l * f)]
}
