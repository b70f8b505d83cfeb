/** Tracked frames between two runs of the hand detector: about a second, so that a second hand is found soon. */
const RESCAN_FRAMES = 30

/** When pass 1 looks around the last nails only, and when the hand detector looks at the whole frame first. */
export class RescanClock {
  #remaining = 0
  #nails = 0

  /** Whether the next frame is looked at around the last nails only. */
  tracks(): boolean {
    return this.#remaining > 0
  }

  /** Reports what a frame showed. Fewer nails than before: some may have left the region, look around. */
  saw(nails: number): void {
    if (nails === 0 || nails < this.#nails) this.#remaining = 0
    else if (this.#remaining > 0) this.#remaining--
    else this.#remaining = RESCAN_FRAMES
    this.#nails = nails
  }
}
