/** What a filter expects of its coordinate, in the coordinate's unit. */
export interface Noise {
  /** Standard deviation of a measurement. */
  measured: number
  /** Standard deviation of the acceleration while the hand rests, per second squared. */
  acceleration: number
}

/** An acceleration is forgotten with this time constant, seconds: a hand that goes to and fro turns back about then. */
const MEMORY_S = 0.6
/** Accelerations of a hand that moves, in those of one that rests: 40 nails a second squared, waved 8 cm at 0.7 Hz. */
const LIVELY = 20
/** Innovations of more standard deviations than this are a push when they come one after the other to one side. */
const PUSH = 1.2
/** A single one is a push from here on. */
const LEAP = 4
/** A rate of so many of its standard deviations is motion; then it is motion until it falls below the second. */
const MOVES = 2
const RESTS = 1

/**
 * Kalman filter of one coordinate whose acceleration is correlated in time (Kalman, "A New Approach to Linear Filtering
 * and Prediction Problems", 1960; the motion model is Singer's, Bar-Shalom, Li and Kirubarajan, "Estimation with
 * Applications to Tracking and Navigation", 2001, section 8.2). With a constant velocity in its place a hand that is
 * waved would be 13 instead of 9 pixels off where inferences take 80 ms.
 *
 * A hand rests most of the time and then moves off at once; one noise level cannot serve both. An innovation that the
 * model does not explain is a push: it adds just the uncertainty of the rate that would explain it (as section 11.2.2
 * there, without levels), so a resting coordinate is steady and a moving one is followed within a few measurements.
 * Noise goes to both sides, a hand that moves off goes to one: that tells them apart even where noise is twice what was
 * expected.
 *
 * Times are seconds.
 */
export class Coordinate {
  #value: number
  #rate: number
  #acceleration = 0
  // Covariance of value (v), rate (r) and acceleration (a), symmetric.
  #vv: number
  #vr = 0
  #va = 0
  #rr: number
  #ra = 0
  #aa: number
  #innovation = 0
  #moving: boolean

  /** rate: what is known of it, per second; rateDeviation: how far off that may be, standard deviation. */
  constructor(value: number, { measured, acceleration }: Noise, rateDeviation: number, rate = 0) {
    this.#value = value
    this.#rate = rate
    this.#moving = rate !== 0
    this.#vv = measured ** 2
    this.#rr = rateDeviation ** 2
    this.#aa = acceleration ** 2
  }

  /** Units per second, for the screen: 0 at rest, where looking ahead would show the estimate's noise as trembling. */
  get rate(): number {
    return this.#moving ? this.#rate : 0
  }

  /** The value to show so much later than the last measurement. */
  shown(seconds: number): number {
    return this.#moving ? this.ahead(seconds) : this.#value
  }

  /** The value expected so much later than the last measurement. */
  ahead(seconds: number): number {
    return this.#value + this.#rate * seconds + this.#acceleration * fading(seconds)[0]
  }

  /**
   * Takes a measurement, so much later than the last one.
   *
   * innovation: measured minus {@link ahead}; an angle gives the shortest turn.
   */
  correct(innovation: number, seconds: number, { measured, acceleration }: Noise): void {
    const [, , left] = this.#advance(seconds)
    const usual = (this.#moving ? LIVELY : 1) * acceleration
    this.#add(usual ** 2 * (1 - left ** 2), [seconds ** 2 / 2, seconds, 1])
    const noise = measured ** 2
    const unexplained = this.#surprise(innovation) ** 2 - this.#vv - noise
    if (unexplained > 0 && seconds > 0) this.#add(unexplained, [1, 1 / seconds, 0])

    const total = this.#vv + noise
    const [v, r, a] = [this.#vv / total, this.#vr / total, this.#va / total]
    this.#value += v * innovation
    this.#rate += r * innovation
    this.#acceleration += a * innovation
    this.#add(-total, [v, r, a])
    this.#moving = this.#rate ** 2 > (this.#moving ? RESTS : MOVES) ** 2 * this.#rr
  }

  /** Estimate and covariance so much later: P becomes F P Fᵀ, F = [[1, s, way], [0, 1, gain], [0, 0, left]]. */
  #advance(s: number): Fading {
    const [way, gain, left] = fading(s)
    this.#value = this.ahead(s)
    this.#rate += this.#acceleration * gain
    this.#acceleration *= left
    const [vr, va, rr, ra, aa] = [this.#vr, this.#va, this.#rr, this.#ra, this.#aa]
    const [toRate, toAcceleration] = [vr + s * rr + way * ra, va + s * ra + way * aa]
    this.#vv += s * vr + way * va + s * toRate + way * toAcceleration
    this.#vr = toRate + gain * toAcceleration
    this.#va = left * toAcceleration
    this.#rr = rr + 2 * gain * ra + gain ** 2 * aa
    this.#ra = left * (ra + gain * aa)
    this.#aa = left ** 2 * aa
    return [way, gain, left]
  }

  /** The standard deviation for which the innovation would be no push. */
  #surprise(innovation: number): number {
    const before = this.#innovation
    this.#innovation = innovation
    const lasting = innovation * before > 0 ? Math.min(Math.abs(innovation), Math.abs(before)) : 0
    return Math.max(lasting / PUSH, Math.abs(innovation) / LEAP)
  }

  /** P += variance times the square of a direction. */
  #add(variance: number, [v, r, a]: [number, number, number]): void {
    this.#vv += variance * v * v
    this.#vr += variance * v * r
    this.#va += variance * v * a
    this.#rr += variance * r * r
    this.#ra += variance * r * a
    this.#aa += variance * a * a
  }
}

/** What an acceleration of 1 that fades comes to: its way, the rate gained, and what is left of it. */
type Fading = [way: number, gain: number, left: number]

function fading(seconds: number): Fading {
  const left = Math.exp(-seconds / MEMORY_S)
  const gain = MEMORY_S * (1 - left)
  return [MEMORY_S * (seconds - gain), gain, left]
}
