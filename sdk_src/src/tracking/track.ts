import type { Nail, Point, Smoothing } from '../types.ts'
import { MaskSmoother } from './mask_smoothing.ts'
import { NailMotion } from './motion.ts'
import { movedTo, type Pose, poseOf, reversed, turn } from './pose.ts'
import type { RotationSmoother } from './rotation.ts'
import { PoseSmoother } from './smoothing.ts'

/** A nail at least so confident is shown at once; a weaker one when it is seen a second time: no flashes. */
const SURE = 0.85
const SIGHTINGS = 2
/** Another finger's name, or base and tip exchanged, is believed when so many inferences in a row say so. */
const PERSISTENCE = 3

/** How what is shown is smoothed; rotations: where there are any. */
export interface Smoothers {
  smoothing: Smoothing
  rotations: typeof RotationSmoother | undefined
}

/** One nail over time: its latest measurement, its motion, and what is shown of it. Times are milliseconds. */
export class Track {
  readonly id: number
  /** The latest measurement. */
  nail: Nail
  /** Time of the frame in which the nail was seen last. */
  seenAt: number
  /** When that was known. */
  heardAt: number
  /** Whether an inference since then has not seen it. */
  missed = false
  /** Whether it was seen once only: nothing is known of its motion. */
  isNew = true
  /** How far from its prediction it was seen last, lengths. */
  off = 0
  #sightings = 1
  #motion: NailMotion
  readonly #smoother: PoseSmoother
  readonly #masks: MaskSmoother
  readonly #rotations: RotationSmoother | undefined
  #otherFinger = 0
  #reversed = 0

  /** time: of the frame that the nail was found in; now: of the newest frame; rate: its hand's, pixels per second. */
  constructor(id: number, nail: Nail, time: number, now: number, { smoothing, rotations }: Smoothers, rate?: Point) {
    this.id = id
    this.nail = { ...nail, id }
    this.seenAt = time
    this.heardAt = now
    this.#motion = new NailMotion(poseOf(nail), time, rate)
    this.#smoother = new PoseSmoother(smoothing)
    this.#masks = new MaskSmoother(smoothing)
    this.#masks.next(nail, time, 0)
    this.#rotations = rotations && new rotations(smoothing)
    this.#rotations?.next(nail, time, 0)
  }

  /** Whether the nail is certain enough to be shown. */
  get certain(): boolean {
    return this.#sightings >= SIGHTINGS || this.nail.confidence >= SURE
  }

  get owner(): Pick<Nail, 'finger' | 'hand'> {
    const { finger, hand } = this.nail
    return { finger, hand }
  }

  /** Where the nail is expected in the frame of this time. */
  expected(time: number): Pose {
    return this.#motion.at(time)
  }

  /** Takes what was measured in the frame of this time; now: of the newest frame; rate: its hand's, of a new nail. */
  see(nail: Nail, time: number, now: number, rate?: Point): void {
    const sure = this.certain
    if (rate) this.#motion = new NailMotion(poseOf(this.nail), this.seenAt, rate)
    this.isNew = false
    const { x, y, length } = this.expected(time)
    this.off = Math.hypot(nail.center.x - x, nail.center.y - y) / length
    this.nail = this.#oriented({ ...nail, id: this.id, finger: this.#finger(nail) }, time)
    this.#motion.correct(poseOf(this.nail), time)
    const { size, direction } = this.#motion.speed
    const rotation = this.#rotations?.next(this.nail, time, direction)
    this.nail = { ...this.nail, mask: this.#masks.next(this.nail, time, size), ...(rotation && { rotation }) }
    this.#sightings = sure ? SIGHTINGS : this.#sightings + 1
    this.seenAt = time
    this.heardAt = now
    this.missed = false
  }

  /** The nail was not seen in the frame of this time, where its hand is so far from where it was expected. */
  carry(drift: Point, time: number): void {
    this.#motion.carry(drift, time)
  }

  /** Pixels per second. */
  get rate(): Point {
    return this.#motion.rate
  }

  /** Lengths of the nail per second. */
  get speed(): number {
    return this.#motion.speed.position
  }

  /** The nail as it is to be drawn on the frame of this time. */
  at(time: number): Nail {
    return movedTo(this.nail, this.#smoother.at(this.#motion, time))
  }

  #finger({ finger }: Nail): Nail['finger'] {
    this.#otherFinger = finger === this.nail.finger ? 0 : this.#otherFinger + 1
    if (this.#otherFinger < PERSISTENCE) return this.nail.finger
    this.#otherFinger = 0
    return finger
  }

  /** The nail with base and tip as they were; the network takes them for each other now and then. */
  #oriented(nail: Nail, time: number): Nail {
    const turnedAround = Math.abs(turn(this.#motion.at(time).direction, nail.direction)) > Math.PI / 2
    this.#reversed = turnedAround ? this.#reversed + 1 : 0
    if (!turnedAround) return nail
    if (this.#reversed < PERSISTENCE) {
      const { direction, keypoints, rotation } = nail
      const upright = { ...nail, direction: turn(Math.PI, direction), keypoints: [...keypoints].reverse() }
      return rotation ? { ...upright, rotation: reversed(rotation) } : upright
    }
    this.#reversed = 0
    this.#motion.redirect(nail.direction)
    this.#smoother.redirect(nail.direction)
    return nail
  }
}
