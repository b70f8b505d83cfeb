import type { Timings } from '../types.ts'

/** Where the time of one inference goes: each lap is given to the stage that just ended. */
export class Stopwatch {
  readonly #start = performance.now()
  readonly #stages: Omit<Timings, 'total'> = { frame: 0, roi: 0, hand: 0, pass1: 0, pass2: 0, post: 0 }
  #last = this.#start

  /** Adds what passed since the last lap to a stage. */
  lap(stage: Exclude<keyof Timings, 'total'>): void {
    const now = performance.now()
    this.#stages[stage] += now - this.#last
    this.#last = now
  }

  /** All stages, and everything up to the last lap. */
  get timings(): Timings {
    return { ...this.#stages, total: this.#last - this.#start }
  }
}
