const WINDOW_MS = 1000

/** Events a second, over the last second. */
export class Rate {
  readonly #times: number[] = []

  /** Counts one. now: milliseconds. */
  tick(now: number): number {
    this.#times.push(now)
    while (this.#times[0]! <= now - WINDOW_MS) this.#times.shift()
    const first = this.#times[0]!
    // Until a second has passed, extrapolate from the gaps.
    return now - first > 0 ? ((this.#times.length - 1) * 1000) / (now - first) : 0
  }
}
