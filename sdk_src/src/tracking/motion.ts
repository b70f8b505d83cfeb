import type { Point } from '../types.ts'
import { Coordinate, type Noise } from './kalman.ts'
import { type Pose, turn } from './pose.ts'

/** A position's noise, in lengths of the nail: one of 30 pixels is measured to 1.5 pixels at worst. */
const POSITION: Noise = { measured: 0.05, acceleration: 2 }
/** Of the logarithm of length and width: 4 % of the size. */
const SIZE: Noise = { measured: 0.04, acceleration: 1 }
/** Radians. */
const DIRECTION: Noise = { measured: 0.05, acceleration: 1.5 }
/** When first seen: lengths, logarithms, radians per second. */
const FIRST_RATE = { position: 3, size: 0.5, direction: 1 }
/** How far a nail's rate may be from its hand's, lengths per second. */
const APART = 1
/**
 * Deviations of a measurement that the first one may be off by: a nail is first seen in another region, the hand
 * detector's, than later. Without it the way from the first place to the second would count as motion.
 */
const FIRST = 4
/** A prediction farther ahead is held there: by then the hand has changed its mind. */
const HORIZON_S = 0.25

/** How fast a pose changes, in units that do not depend on the picture's size. */
export interface Speed {
  /** Lengths of the nail per second. */
  position: number
  /** Share of the size per second. */
  size: number
  /** Radians per second. */
  direction: number
}

/** One nail's motion: a {@link Coordinate} filter for each coordinate of its pose. Times are milliseconds. */
export class NailMotion {
  readonly #x: Coordinate
  readonly #y: Coordinate
  readonly #length: Coordinate
  readonly #width: Coordinate
  #direction: Coordinate
  #time: number

  /** rate: the hand's, pixels per second, where that is known. */
  constructor({ x, y, length, width, direction }: Pose, time: number, rate?: Point) {
    // Of a nail alone, a hand that moves off and a first measurement that was off cannot be told apart.
    const noise = scaled(rate ? first(POSITION) : POSITION, length)
    const apart = length * (rate ? APART : FIRST_RATE.position)
    this.#x = new Coordinate(x, noise, apart, rate?.x)
    this.#y = new Coordinate(y, noise, apart, rate?.y)
    // Logarithms: a size stays positive, and its noise is a share of it.
    this.#length = new Coordinate(Math.log(length), first(SIZE), FIRST_RATE.size)
    this.#width = new Coordinate(Math.log(width), first(SIZE), FIRST_RATE.size)
    this.#direction = new Coordinate(direction, first(DIRECTION), FIRST_RATE.direction)
    this.#time = time
  }

  /** Takes the pose measured in the frame of this time, which is not before the last one. */
  correct({ x, y, length, width, direction }: Pose, time: number): void {
    const seconds = Math.max(time - this.#time, 0) / 1000
    const noise = scaled(POSITION, length)
    this.#x.correct(x - this.#x.ahead(seconds), seconds, noise)
    this.#y.correct(y - this.#y.ahead(seconds), seconds, noise)
    this.#length.correct(Math.log(length) - this.#length.ahead(seconds), seconds, SIZE)
    this.#width.correct(Math.log(width) - this.#width.ahead(seconds), seconds, SIZE)
    this.#direction.correct(turn(this.#direction.ahead(seconds), direction), seconds, DIRECTION)
    this.#time = Math.max(time, this.#time)
  }

  /** The rest of its hand is so far from where it was expected in the frame of this time, pixels: so is this nail. */
  carry({ x, y }: Point, time: number): void {
    const pose = this.at(time)
    this.correct({ ...pose, x: pose.x + x, y: pose.y + y }, time)
  }

  /** Pixels per second. */
  get rate(): Point {
    return { x: this.#x.rate, y: this.#y.rate }
  }

  /** Forgets the direction's past: base and tip were taken for each other. */
  redirect(direction: number): void {
    this.#direction = new Coordinate(direction, DIRECTION, FIRST_RATE.direction)
  }

  /** The pose expected at a time; up to 250 ms after the last measurement it moves on. */
  at(time: number): Pose {
    const seconds = Math.min((time - this.#time) / 1000, HORIZON_S)
    return {
      x: this.#x.shown(seconds),
      y: this.#y.shown(seconds),
      length: Math.exp(this.#length.shown(seconds)),
      width: Math.exp(this.#width.shown(seconds)),
      direction: this.#direction.shown(seconds),
    }
  }

  get speed(): Speed {
    return {
      position: Math.hypot(this.#x.rate, this.#y.rate) / Math.exp(this.#length.ahead(0)),
      size: Math.max(Math.abs(this.#length.rate), Math.abs(this.#width.rate)),
      direction: Math.abs(this.#direction.rate),
    }
  }
}

function first({ measured, acceleration }: Noise): Noise {
  return { measured: FIRST * measured, acceleration }
}

function scaled({ measured, acceleration }: Noise, unit: number): Noise {
  return { measured: measured * unit, acceleration: acceleration * unit }
}
