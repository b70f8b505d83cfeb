import { TIERS } from '../specs.ts'
import type { Rect, Tier } from '../types.ts'

/** Inferences that a decision looks at. Its 90th percentile leaves out the whole-frame looks and stray hiccups. */
const WINDOW = 20
/** The first inferences at a size compile shaders and grow memory: they are not measured. */
const WARM_UP = 3
/** Down when the 90th percentile is over this share of the budget, up when it would stay under that one. */
const DOWN_OVER = 1.1
const UP_UNDER = 0.8
/** Windows in a row that have to allow a step up; doubled each time that a step up had to be taken back. */
const PATIENCE = 3
const MOST_PATIENCE = 96

/**
 * The input tier of a tracked hand, so that inferences keep up with the target rate (DESIGN §2).
 *
 * The measure is the 90th percentile of whole inferences; a step up is expected to cost as the input's area, which is
 * too much rather than too little, because pass 2 costs the same at every tier. Only tiers of models/spec.py are used,
 * one step at a time.
 */
export class AdaptiveResolution {
  readonly #budgetMs: number
  #index: number
  #skip = WARM_UP
  #times: number[] = []
  #calm = 0
  #patience = PATIENCE
  #rising = false

  /** targetFps: inferences a second; first: the tier to begin with. */
  constructor(targetFps: number, first: Tier) {
    this.#budgetMs = 1000 / targetFps
    this.#index = TIERS.indexOf(first)
  }

  /** The largest tier that the device has time for. */
  get tier(): Tier {
    return TIERS[this.#index]!
  }

  /**
   * The tier for a region: the smallest that holds the region's own pixels, if the device has time for it. Enlarging
   * gives little: +0.4 points of mIoU on the sample photos for up to 2.5 times the multiply-adds.
   */
  tierFor({ width, height }: Pick<Rect, 'width' | 'height'>): Tier {
    const own = TIERS.find((tier) => tier * tier >= width * height) ?? this.tier
    return own < this.tier ? own : this.tier
  }

  /** Reports an inference on a tracked region: its tier and its whole time in milliseconds. */
  measured(tier: number, ms: number): void {
    if (tier !== this.tier) return
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    this.#times.push(ms)
    if (this.#times.length < WINDOW) return
    const p90 = this.#times.sort((a, b) => a - b)[Math.ceil(0.9 * WINDOW) - 1]!
    this.#times = []
    this.#decide(p90)
  }

  #decide(p90: number): void {
    if (p90 > DOWN_OVER * this.#budgetMs) {
      if (this.#rising) this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE)
      this.#move(-1)
      return
    }
    const next = TIERS[this.#index + 1]
    const expected = next === undefined ? Infinity : p90 * (next / this.tier) ** 2
    this.#calm = expected <= UP_UNDER * this.#budgetMs ? this.#calm + 1 : 0
    if (this.#calm >= this.#patience) this.#move(1)
  }

  #move(step: 1 | -1): void {
    const index = Math.min(Math.max(this.#index + step, 0), TIERS.length - 1)
    this.#calm = 0
    if (index === this.#index) return
    this.#index = index
    this.#rising = step > 0
    this.#skip = WARM_UP
  }
}
