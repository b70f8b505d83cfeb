import type { Nail } from '../types.ts'

/** Camera frame: x right, y down, z away from the camera. */
export type Vector = [number, number, number]

/** A nail seen from its side mirrors the light from behind: more tilt than this is not believed. Cosine. */
const LEAST_FACING = 0.35

/**
 * The nail's axis and the direction across it. Their cross product (across x along) points out of the nail, at the
 * camera. Without a rotation the nail lies in the picture's plane.
 */
export function spaceOf({ direction, rotation }: Pick<Nail, 'direction' | 'rotation'>): {
  along: Vector
  across: Vector
} {
  const [c, s] = [Math.cos(direction), Math.sin(direction)]
  const flat = { along: [c, s, 0] as Vector, across: [-s, c, 0] as Vector }
  if (!rotation) return flat
  const axis = rotation.slice(0, 3) as Vector
  const second = rotation.slice(3) as Vector
  // The plate's normal, made to point at the camera: which way "across" goes differs from hand to hand.
  let normal = unit(cross(axis, second))
  if (normal[2] > 0) normal = [-normal[0], -normal[1], -normal[2]]
  // The tracker turns the direction, not the rotation: only the tilt is taken from it.
  const turn = Math.atan2(s, c) - Math.atan2(axis[1], axis[0])
  const along = turned(unit(axis), turn)
  const tilted = turned(normal, turn)
  if (!(Math.hypot(...along) > 0.5 && -tilted[2] > LEAST_FACING)) return flat
  return { along, across: cross(along, tilted) }
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

export function unit(a: Vector): Vector {
  const length = Math.hypot(...a)
  return [a[0] / length, a[1] / length, a[2] / length]
}

function turned([x, y, z]: Vector, angle: number): Vector {
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  return [c * x - s * y, s * x + c * y, z]
}
