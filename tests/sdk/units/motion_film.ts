import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Nail, Point, Smoothing } from '../../../sdk_src/src/types.ts'
import { nailAt } from './nails.ts'

/** 30 frames a second. */
export const FRAME_MS = 1000 / 30

/** A detector that sees the film late and with noise, and the tracker after it. Times are milliseconds. */
export interface Film {
  /** Where the nails are; fewer as they leave. */
  truth: (time: number) => Point[]
  seconds: number
  /** From a frame to its nails, in frames; the next inference starts then. 2 is 15 inferences a second. */
  latencyFrames?: number
  /** Standard deviation of a measured centre, pixels in x and in y. */
  noise?: number
  smoothing?: Smoothing
  /** Further changes of a measured nail. */
  look?: (nail: Nail, index: number) => Nail
}

/** What is drawn on one frame of the film. */
export interface Drawn {
  time: number
  truth: Point[]
  nails: Nail[]
}

/** Plays a film as the video loop does: every frame is drawn, results come late, one inference is in flight. */
export function play({ truth, seconds, latencyFrames = 2, noise = 0, smoothing = 'one-euro', look }: Film): Drawn[] {
  const tracker = new Tracker(smoothing)
  const random = gaussian(7)
  const drawn: Drawn[] = []
  let flight: { nails: Nail[]; time: number; ready: number } | undefined
  for (let frame = 0; frame * FRAME_MS < seconds * 1000; frame++) {
    const time = frame * FRAME_MS
    if (flight && frame >= flight.ready) {
      tracker.update(flight.nails, flight.time, time)
      flight = undefined
    }
    if (!flight) {
      const nails = truth(time).map(({ x, y }, index) => {
        const nail = nailAt(x + noise * random(), y + noise * random())
        return look ? look(nail, index) : nail
      })
      flight = { nails, time, ready: frame + latencyFrames }
    }
    drawn.push({ time, truth: truth(time), nails: tracker.at(time) })
  }
  return drawn
}

/** Root of the mean of squares. */
export function rms(values: number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)
}

/** Standard normal numbers, the same in every run: Park and Miller's generator, Box and Muller's transform. */
export function gaussian(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
