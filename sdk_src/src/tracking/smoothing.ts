import type { Smoothing } from '../types.ts'
import type { NailMotion, Speed } from './motion.ts'
import type { Pose } from './pose.ts'

/** What is smoothed, each at its own pace. */
type Smoothed = keyof Speed | 'mask' | 'rotation'

/**
 * One-Euro filter: the cutoff frequency grows with the speed, so that a resting hand does not tremble and a moving one
 * does not lag (Casiez, Roussel and Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
 * Interactive Systems", CHI 2012). Hertz at rest, and hertz per unit of {@link Speed}.
 */
const ONE_EURO: Record<Smoothed, { cutoff: number; slope: number }> = {
  position: { cutoff: 0.6, slope: 1.5 },
  size: { cutoff: 0.7, slope: 4 },
  direction: { cutoff: 1, slope: 3 },
  // Once an inference, not once a frame; with the speed of the size, for that is when a nail's shape changes.
  mask: { cutoff: 1, slope: 6 },
  // The same, with the speed of the direction: a hand that turns tilts too.
  rotation: { cutoff: 1, slope: 3 },
}
/**
 * Speed that a distance from where the nail is counts for, lengths a second of one length; with its square, so that noise
 * counts for nothing: a hand that stops at once would else be caught up with at a resting hand's pace.
 */
const CATCH_UP = 25
/** After so long without being drawn a nail is drawn where it is: it was out of sight, nothing can tremble. */
const GAP_MS = 150
/** Time constant of exponential smoothing, milliseconds. */
const EXPONENTIAL_MS = 80

/**
 * The last filter before the screen, once a video frame: it evens out the steps that a new measurement makes in the
 * predicted motion.
 *
 * The smoothed pose first moves as the prediction does, and only the distance that is left is filtered: a constant
 * velocity is followed without any lag, however strong the smoothing is. The speed is the Kalman filter's, where the
 * paper filters differences: the same quantity, better estimated.
 */
export class PoseSmoother {
  readonly #kind: Smoothing
  #pose: Pose | undefined
  #time = 0

  constructor(kind: Smoothing) {
    this.#kind = kind
  }

  /** The pose to show at a time in milliseconds. For the same time, or an earlier one, the same pose again. */
  at(motion: NailMotion, time: number): Pose {
    const target = motion.at(time)
    const elapsed = time - this.#time
    if (!this.#pose || this.#kind === 'none' || elapsed > GAP_MS) this.#pose = target
    else if (elapsed <= 0) return this.#pose
    else this.#pose = this.#step(this.#pose, motion.at(this.#time), target, motion.speed, elapsed)
    this.#time = time
    return this.#pose
  }

  /** The direction was turned by pi: base and tip were taken for each other. */
  redirect(direction: number): void {
    if (this.#pose) this.#pose = { ...this.#pose, direction }
  }

  #step(shown: Pose, before: Pose, target: Pose, speed: Speed, elapsed: number): Pose {
    const weight = (of: keyof Speed, more = 0) => weightOf(this.#kind, of, speed[of] + more, elapsed)
    const mix = (key: keyof Pose, share: number) => target[key] - (before[key] - shown[key]) * (1 - share)
    const off = Math.hypot(before.x - shown.x, before.y - shown.y) / Math.max(target.length, 1)
    const [position, size] = [weight('position', CATCH_UP * off ** 2), weight('size')]
    return {
      x: mix('x', position),
      y: mix('y', position),
      length: Math.max(mix('length', size), 1e-3),
      width: Math.max(mix('width', size), 1e-3),
      direction: mix('direction', weight('direction')),
    }
  }
}

/** Share of the new value after so many milliseconds, 0 to 1. */
export function weightOf(kind: Smoothing, of: Smoothed, speed: number, elapsed: number): number {
  if (kind === 'none') return 1
  if (kind === 'exponential') return 1 - Math.exp(-elapsed / EXPONENTIAL_MS)
  const { cutoff, slope } = ONE_EURO[of]
  const constant = 1000 / (2 * Math.PI * (cutoff + slope * speed))
  return elapsed / (elapsed + constant)
}
