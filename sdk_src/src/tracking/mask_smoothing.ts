import type { Affine, Nail, NailMask, Smoothing } from '../types.ts'
import { compose, inverse, type Pose, placement, poseOf, turn } from './pose.ts'
import { weightOf } from './smoothing.ts'

/**
 * Smooths a nail's mask from inference to inference, in the nail's own frame: the last mask is laid on the new one so
 * that both nails' poses coincide, then each pixel is filtered. What is left is the change of shape, so a hand that
 * moves smears nothing.
 */
export class MaskSmoother {
  readonly #kind: Smoothing
  #mask: NailMask | undefined
  #pose: Pose | undefined
  #time = 0

  constructor(kind: Smoothing) {
    this.#kind = kind
  }

  /** The mask to show for a nail that was measured at a time in milliseconds; speed: of its size, shares a second. */
  next(nail: Nail, time: number, speed: number): NailMask {
    const pose = poseOf(nail)
    const [before, mask] = [this.#pose, this.#mask]
    const weight = weightOf(this.#kind, 'mask', speed, time - this.#time)
    this.#pose = pose
    this.#time = time
    this.#mask = nail.mask
    // Turned around: base and tip were taken for each other, and the last mask would lie upside down.
    if (!before || !mask || weight >= 1 || Math.abs(turn(before.direction, pose.direction)) > 1) return nail.mask
    const toMask = inverse(mask.transform)
    if (!toMask) return nail.mask
    const place = compose(toMask, compose(placement(pose, before), nail.mask.transform))
    this.#mask = { ...nail.mask, data: blended(nail.mask, mask, place, weight) }
    return this.#mask
  }
}

/** Of each pixel `weight` from `now` and the rest from `last`, which `place` finds for it; outside there is no nail. */
function blended(now: NailMask, last: NailMask, [a, b, c, d, e, f]: Affine, weight: number): Uint8Array {
  const result = new Uint8Array(now.data.length)
  const { width, height, data } = last
  const pixel = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < width && row < height ? data[row * width + column]! : 0
  for (let row = 0; row < now.height; row++) {
    for (let column = 0; column < now.width; column++) {
      const x = a * (column + 0.5) + b * (row + 0.5) + c - 0.5
      const y = d * (column + 0.5) + e * (row + 0.5) + f - 0.5
      const [left, top] = [Math.floor(x), Math.floor(y)]
      const [right, down] = [x - left, y - top]
      const above = pixel(left, top) * (1 - right) + pixel(left + 1, top) * right
      const below = pixel(left, top + 1) * (1 - right) + pixel(left + 1, top + 1) * right
      const old = above * (1 - down) + below * down
      const at = row * now.width + column
      result[at] = Math.round(old + (now.data[at]! - old) * weight)
    }
  }
  return result
}
