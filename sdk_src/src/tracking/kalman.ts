/** What a filter expects of its coordinate, in the coordinate's unit. */
export interface Noise {
  /** Standard deviation of a measurement. */
  measured: number
  /** Standard deviation of the acceleration while the hand rests, per second squared. */
  acceleration: number
}

/** Innovations of more standard deviations than this are a manoeuvre when they come one after the other to one side. */
const MANOEUVRE = 1.2
/** A single one is a manoeuvre from here on. */
const LEAP = 4
/** Rates below so many of their standard deviations are taken for rest. */
const REST = 2

/**
 * Kalman filter of one coordinate that moves with a constant velocity and white acceleration (Kalman, "A New Approach
 * to Linear Filtering and Prediction Problems", 1960; the motion model is Bar-Shalom, Li and Kirubarajan, "Estimation
 * with Applications to Tracking and Navigation", 2001, section 6.3.2).
 *
 * A hand rests most of the time and then moves off at once; one noise level cannot serve both. An innovation that the
 * resting level does not explain adds just the process noise that would explain it (as section 11.2.2 there, without
 * levels), so a resting coordinate is steady and a moving one is followed within a few measurements. Noise goes to both
 * sides, a hand that moves off goes to one: that tells them apart even where noise is twice what was expected.
 *
 * Times are seconds.
 */
export class ConstantVelocity {
  #value: number
  #rate = 0
  // Covariance of value and rate, symmetric.
  #valueVariance: number
  #covariance = 0
  #innovation = 0
  #rateVariance: number

  /** rateDeviation: how fast the coordinate may move when it is first seen, standard deviation per second. */
  constructor(value: number, { measured }: Noise, rateDeviation: number) {
    this.#value = value
    this.#valueVariance = measured ** 2
    this.#rateVariance = rateDeviation ** 2
  }

  /**
   * Units per second, for the screen: 0 where the estimate is no more than its own noise, which looking ahead would
   * show as trembling; above, it comes in smoothly.
   */
  get rate(): number {
    const rest = REST ** 2 * this.#rateVariance
    return this.#rate * Math.max(0, 1 - rest / Math.max(this.#rate ** 2, 1e-12))
  }

  /** The value to show so much later than the last measurement. */
  shown(seconds: number): number {
    return this.#value + this.rate * seconds
  }

  /** The value expected so much later than the last measurement. */
  ahead(seconds: number): number {
    return this.#value + this.#rate * seconds
  }

  /**
   * Takes a measurement, so much later than the last one.
   *
   * innovation: measured minus {@link ahead}; an angle gives the shortest turn.
   */
  correct(innovation: number, seconds: number, { measured, acceleration }: Noise): void {
    this.#value = this.ahead(seconds)
    this.#valueVariance += (2 * this.#covariance + this.#rateVariance * seconds) * seconds
    this.#covariance += this.#rateVariance * seconds
    this.#accelerate(acceleration ** 2, seconds)

    const noise = measured ** 2
    const unexplained = this.#surprise(innovation) ** 2 - this.#valueVariance - noise
    if (unexplained > 0 && seconds > 0) this.#accelerate((4 * unexplained) / seconds ** 4, seconds)

    const total = this.#valueVariance + noise
    const [valueGain, rateGain] = [this.#valueVariance / total, this.#covariance / total]
    this.#value += valueGain * innovation
    this.#rate += rateGain * innovation
    this.#rateVariance -= rateGain * this.#covariance
    this.#covariance *= 1 - valueGain
    this.#valueVariance *= 1 - valueGain
  }

  /** The standard deviation for which the innovation would not be a manoeuvre. */
  #surprise(innovation: number): number {
    const before = this.#innovation
    this.#innovation = innovation
    const lasting = innovation * before > 0 ? Math.min(Math.abs(innovation), Math.abs(before)) : 0
    return Math.max(lasting / MANOEUVRE, Math.abs(innovation) / LEAP)
  }

  /** Adds the uncertainty of an acceleration of this variance that was constant over the interval. */
  #accelerate(variance: number, seconds: number): void {
    this.#valueVariance += (variance * seconds ** 4) / 4
    this.#covariance += (variance * seconds ** 3) / 2
    this.#rateVariance += variance * seconds ** 2
  }
}
