import type { Nail } from '../types.ts'
import { cross, turned, unit, type Vector } from '../vector.ts'
import { inPicture } from './outline.ts'

/** A nail seen from its side mirrors the light from behind: more tilt than this is not believed. Cosine. */
const LEAST_FACING = 0.35

/** A nail's axis and the direction across it. */
export type SpaceOf = typeof spaceOf

/**
 * The nail's axis and the direction across it. Their cross product (across x along) points out of the nail, at the
 * camera. Without a rotation the nail lies in the picture's plane.
 */
export function spaceOf({ direction, rotation }: Pick<Nail, 'direction' | 'rotation'>): {
  along: Vector
  across: Vector
} {
  const flat = inPicture({ direction })
  if (!rotation) return flat
  const axis = rotation.slice(0, 3) as Vector
  const second = rotation.slice(3) as Vector
  // The plate's normal, made to point at the camera: which way "across" goes differs from hand to hand.
  let normal = unit(cross(axis, second))
  if (normal[2] > 0) normal = [-normal[0], -normal[1], -normal[2]]
  // The tracker turns the direction, not the rotation: only the tilt is taken from it.
  const turn = direction - Math.atan2(axis[1], axis[0])
  const along = turned(unit(axis), turn)
  const tilted = turned(normal, turn)
  if (!(Math.hypot(...along) > 0.5 && -tilted[2] > LEAST_FACING)) return flat
  return { along, across: cross(along, tilted) }
}
