const WINDOW_MS = 60_000

/** Counts what went wrong lately. */
export class Losses {
  #times: number[] = []

  /** Adds one; returns how many there were in the last minute, this one included. now: milliseconds. */
  add(now = performance.now()): number {
    this.#times = [...this.#times.filter((time) => time > now - WINDOW_MS), now]
    return this.#times.length
  }
}
