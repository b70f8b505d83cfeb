import type { Nail, Smoothing } from '../types.ts'
import { driftOf, firstStep, rateOf } from './hand_motions.ts'
import { matchNails } from './match.ts'
import type { RotationSmoother } from './rotation.ts'
import { type Smoothers, Track } from './track.ts'

/**
 * A nail that an inference misses is shown for at most so long after the frame that it was last seen in; without any
 * inference, for so long after the last one.
 */
const HOLD_MS = 150
/** And for no longer than it would take to go so many of its lengths: by then it is anywhere. */
const HOLD_LENGTHS = 2
/**
 * A nail that was so many lengths from where it was expected starts, turns or stops: the next inference may find it
 * anywhere, and it is shown for no longer than this after the frame that it was seen in, unless inferences are slower.
 */
const ASTRAY_LENGTHS = 0.75
const ASTRAY_HOLD_MS = 120
/** A nail that inferences miss and that is back within so long after it was last seen has its id again. */
const FORGET_MS = 500
/** Where inferences come more slowly than that, a nail waits for the next one, and for this much of delay. */
const PATIENCE = 1.25
/** Share of the newest interval in the typical one. */
const TYPICAL_WEIGHT = 0.2

/**
 * Follows nails from inference to inference and tells where they are in any frame in between.
 *
 * A result is about the frame that was taken, which is past when the result comes. The tracker corrects each nail's
 * motion at that frame's time and predicts it for the frame that is shown, so the overlay neither waits for inferences
 * nor trails behind by their latency. All times are milliseconds of one clock, that of the video's frames.
 */
export class Tracker {
  readonly #smoothers: Smoothers
  #tracks: Track[] = []
  #nextId = 1
  #lastHeard: number | undefined
  /** Between two inferences' results. */
  #interval = 0

  /** rotations: without, rotations are shown as they are measured. */
  constructor(smoothing: Smoothing = 'one-euro', rotations?: typeof RotationSmoother) {
    this.#smoothers = { smoothing, rotations }
  }

  /**
   * Takes an inference's nails; they are not changed.
   *
   * time: of the frame that the nails were found in, not before the last one's. now: of the newest frame.
   */
  update(nails: Nail[], time: number, now = time): void {
    this.#measureInterval(now)
    this.#tracks = this.#tracks.filter((track) => this.#known(track, time))
    const before = this.#tracks
    const expected = before.map((track) => ({ ...track.expected(time), ...track.owner }))
    const seen = matchNails(expected, nails)
    for (const track of before) track.missed = true
    const found = nails.flatMap((nail, index) => {
      const track = before[seen[index]!]
      return track ? [{ track, nail, expected: expected[seen[index]!]! }] : []
    })
    const steps = found.flatMap(({ track, nail }) =>
      track.isNew ? firstStep(track.nail, nail, time - track.seenAt) : [],
    )
    const speakers = found.map(({ track, nail, expected: { x, y, hand } }) => {
      track.see(nail, time, now, track.isNew ? rateOf(steps, nail.hand) : undefined)
      const drift = { x: nail.center.x - x, y: nail.center.y - y }
      return { hand: nail.hand, before: hand, drift, rate: track.rate }
    })
    this.#tracks = nails.map((nail, index) => {
      const track = before[seen[index]!]
      return track ?? new Track(this.#nextId++, nail, time, now, this.#smoothers, rateOf(speakers, nail.hand))
    })
    for (const track of before) {
      const drift = track.missed && driftOf(speakers, track.nail.hand)
      if (drift) track.carry(drift, time)
    }
    this.#tracks.push(...before.filter((track) => track.missed && track.certain && this.#known(track, now)))
  }

  /** The nails to draw on the frame of this time, as new objects. */
  at(time: number): Nail[] {
    this.#tracks = this.#tracks.filter((track) => this.#known(track, time))
    return this.#tracks.filter((track) => track.certain && this.#visible(track, time)).map((track) => track.at(time))
  }

  /** Forgets everything: another video. */
  reset(): void {
    this.#tracks = []
    this.#lastHeard = undefined
    this.#interval = 0
  }

  /** A nail that no inference has missed is not forgotten: there may have been none. */
  #known({ seenAt, missed }: Track, time: number): boolean {
    return !missed || time - seenAt <= FORGET_MS
  }

  #visible({ seenAt, heardAt, missed, speed, off }: Track, time: number): boolean {
    const patience = PATIENCE * this.#interval
    if (off > ASTRAY_LENGTHS && time - seenAt > Math.max(ASTRAY_HOLD_MS, patience)) return false
    const hold = Math.min(HOLD_MS, (1000 * HOLD_LENGTHS) / Math.max(speed, 1e-3))
    return missed ? time - seenAt <= hold : time - heardAt <= Math.max(HOLD_MS, patience)
  }

  #measureInterval(now: number): void {
    if (this.#lastHeard !== undefined) {
      const interval = now - this.#lastHeard
      this.#interval += (interval - this.#interval) * (this.#interval === 0 ? 1 : TYPICAL_WEIGHT)
    }
    this.#lastHeard = now
  }
}
