import type { Affine, Nail, Point, Rotation6D } from '../types.ts'
import { turned } from '../vector.ts'

/** Where a nail lies: what the tracker filters. Frame pixels and radians, as in {@link Nail}. */
export interface Pose {
  x: number
  y: number
  length: number
  width: number
  /** Cuticle to tip; may go on past pi, so that it is steady. */
  direction: number
}

export function poseOf({ center, size, direction }: Nail): Pose {
  return { ...center, ...size, direction }
}

/** The shortest turn between two directions, -pi to pi. */
export function turn(from: number, to: number): number {
  return Math.atan2(Math.sin(to - from), Math.cos(to - from))
}

/** Base and tip exchanged: a half turn about the nail's normal. */
export function reversed(rotation: Rotation6D): Rotation6D {
  return rotation.map((value) => -value) as Rotation6D
}

/** The rotation of a nail that is turned in the picture's plane. Radians, clockwise as seen. */
export function rotated([a, b, c, d, e, f]: Rotation6D, angle: number): Rotation6D {
  return [...turned([a, b, c], angle), ...turned([d, e, f], angle)]
}

/**
 * The nail at another pose, as a new object: one affine takes contour, keypoints and mask there, so that they stay
 * together. Only the mask's pixels are shared with the nail given.
 */
export function movedTo(nail: Nail, pose: Pose): Nail {
  const place = placement(poseOf(nail), pose)
  const contour = movedContour(nail.contour, place)
  const { rotation } = nail
  return {
    ...nail,
    ...(rotation && { rotation: rotated(rotation, pose.direction - nail.direction) }),
    center: { x: pose.x, y: pose.y },
    size: { length: pose.length, width: pose.width },
    direction: turn(0, pose.direction),
    keypoints: nail.keypoints.map((keypoint) => moved(keypoint, place)),
    mask: { ...nail.mask, transform: compose(place, nail.mask.transform), rect: boundsOf(contour, nail, pose) },
    contour,
  }
}

/** From one pose to another: turned about the nail's centre, scaled along its axis and across it. */
export function placement(from: Pose, to: Pose): Affine {
  const along = to.length / Math.max(from.length, 1e-6)
  const across = to.width / Math.max(from.width, 1e-6)
  const [c, s] = [Math.cos(from.direction), Math.sin(from.direction)]
  const [C, S] = [Math.cos(to.direction), Math.sin(to.direction)]
  const [a, b] = [along * C * c + across * S * s, along * C * s - across * S * c]
  const [d, e] = [along * S * c - across * C * s, along * S * s + across * C * c]
  return [a, b, to.x - a * from.x - b * from.y, d, e, to.y - d * from.x - e * from.y]
}

/** outer after inner. */
export function compose([a, b, c, d, e, f]: Affine, [g, h, i, j, k, l]: Affine): Affine {
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f]
}

/** Undefined for an affine that flattens. */
export function inverse([a, b, c, d, e, f]: Affine): Affine | undefined {
  const determinant = a * e - b * d
  if (!(Math.abs(determinant) > 1e-12)) return undefined
  const [i, j, k, l] = [e / determinant, -b / determinant, -d / determinant, a / determinant]
  return [i, j, -(i * c + j * f), k, l, -(k * c + l * f)]
}

function moved({ x, y }: Point, [a, b, c, d, e, f]: Affine): Point {
  return { x: a * x + b * y + c, y: d * x + e * y + f }
}

function movedContour(contour: Float32Array, [a, b, c, d, e, f]: Affine): Float32Array {
  const result = new Float32Array(contour.length)
  for (let i = 0; i < contour.length; i += 2) {
    const x = contour[i]!
    const y = contour[i + 1]!
    result[i] = a * x + b * y + c
    result[i + 1] = d * x + e * y + f
  }
  return result
}

/** The contour's bounding box; of a nail without a contour, the old box shifted. */
function boundsOf(contour: Float32Array, { mask: { rect }, center }: Nail, pose: Pose): Nail['mask']['rect'] {
  if (contour.length === 0) return { ...rect, x: rect.x + pose.x - center.x, y: rect.y + pose.y - center.y }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < contour.length; i += 2) {
    left = Math.min(left, contour[i]!)
    right = Math.max(right, contour[i]!)
    top = Math.min(top, contour[i + 1]!)
    bottom = Math.max(bottom, contour[i + 1]!)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}
