/** Tracked frames between two runs of the hand detector: about a second, so that a second hand is found soon. */
const RESCAN_FRAMES = 30
/** While fewer nails are seen than there were: the region around those that are left may not hold the others. */
const SOON_FRAMES = 5

/** When pass 1 looks around the last nails only, and when the hand detector looks at the whole frame first. */
export class RescanClock {
  #remaining = 0
  #nails = 0
  #most = 0
  #wait = SOON_FRAMES

  /** Whether the next frame is looked at around the last nails only. */
  tracks(): boolean {
    return this.#remaining > 0
  }

  /**
   * Reports what a frame showed. Fewer nails than before: some may have left the region, look around; and again soon, in
   * longer and longer intervals, until there are as many again or it is plain that the hand shows no more.
   */
  saw(nails: number): void {
    const looked = !this.tracks()
    if (nails === 0 || nails >= this.#most) {
      this.#most = nails
      this.#wait = SOON_FRAMES
    }
    if (nails === 0) this.#remaining = 0
    else if (looked) this.#remaining = this.#pause(nails)
    else if (nails < this.#nails) this.#remaining = 0
    else this.#remaining--
    this.#nails = nails
  }

  #pause(nails: number): number {
    if (nails === this.#most) return RESCAN_FRAMES
    const wait = this.#wait
    this.#wait *= 2
    if (this.#wait >= RESCAN_FRAMES) this.#most = nails
    return wait
  }
}
