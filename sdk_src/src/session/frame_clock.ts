/** Farther apart than this, media time and clock do not belong together: a seek, a pause, another speed. */
const APART_MS = 100

/**
 * Times of a video's frames in milliseconds of `performance.now()`, as even as the camera took them.
 *
 * A callback comes when the page is drawn, up to a screen refresh late; media time has the camera's own spacing but an
 * origin of its own, jumps with seeks and stands still in some browsers. Media time is therefore laid on the clock once,
 * and again whenever the two drift apart.
 */
export class FrameClock {
  /** Clock minus media time. */
  #offset: number | undefined
  #media = Number.NaN
  #time = Number.NEGATIVE_INFINITY

  /** The time of a new frame; never before an earlier one's. media: its media time, now: the clock, milliseconds. */
  tick(media: number, now: number): number {
    const stands = media === this.#media
    if (stands || this.#offset === undefined || Math.abs(media + this.#offset - now) > APART_MS) {
      this.#offset = now - media
    }
    this.#media = media
    this.#time = Math.max(media + this.#offset, this.#time)
    return this.#time
  }

  /** The time of a frame by its media time; undefined when that does not belong to the frames seen last. */
  of(media: number): number | undefined {
    if (this.#offset === undefined || Math.abs(media - this.#media) > APART_MS) return undefined
    return media + this.#offset
  }
}
