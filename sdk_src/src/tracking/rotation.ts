import type { Nail, Rotation6D, Smoothing } from '../types.ts'
import { dot, unit, type Vector } from '../vector.ts'
import { rotated, turn } from './pose.ts'
import { weightOf } from './smoothing.ts'

/**
 * Smooths a nail's rotation from inference to inference, in the nail's own frame: its direction is the pose's matter,
 * what is left is how the nail is tilted.
 */
export class RotationSmoother {
  readonly #kind: Smoothing
  #rotation: Rotation6D | undefined
  #direction = 0
  #time = 0

  constructor(kind: Smoothing) {
    this.#kind = kind
  }

  /** The rotation to show for a nail that was measured at a time in milliseconds; speed: of its direction. */
  next({ rotation, direction }: Nail, time: number, speed: number): Rotation6D | undefined {
    const last = this.#rotation && rotated(this.#rotation, turn(this.#direction, direction))
    const weight = weightOf(this.#kind, 'rotation', speed, time - this.#time)
    this.#direction = direction
    this.#time = time
    this.#rotation = rotation && last ? between(last, rotation, weight) : rotation
    return this.#rotation
  }
}

/** Mixed and made orthonormal again. */
function between(from: Rotation6D, to: Rotation6D, weight: number): Rotation6D {
  const mixed = from.map((value, i) => value + (to[i]! - value) * weight) as Rotation6D
  const [first, second] = columns(mixed)
  if (dot(first, first) < 1e-6) return to // opposite to each other: there is nothing in between
  const axis = unit(first)
  const along = dot(axis, second)
  const rest = second.map((value, i) => value - along * axis[i]!) as Vector
  return dot(rest, rest) < 1e-6 ? to : [...axis, ...unit(rest)]
}

function columns([a, b, c, d, e, f]: Rotation6D): [Vector, Vector] {
  return [
    [a, b, c],
    [d, e, f],
  ]
}
