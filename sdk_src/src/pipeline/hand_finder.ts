import type { Input } from '../backends/backend.ts'
import { RescanClock } from '../tracking/rescan.ts'
import type { Core, HandMaps } from './core.ts'
import { NO_HANDS, placed, type Regions, reaching } from './regions.ts'

/** Runs the hand detector on its input [1, size, size, 3]. */
export type DetectHands = (input: Input) => Promise<HandMaps>

/**
 * Where an engine looks: around the last nails while hands are tracked, else where the hand detector sees hands. The
 * detector runs on loss, and at a slow cadence for a second hand. The frame lies in the core.
 */
export class HandFinder {
  readonly #core: Core
  readonly #detect: DetectHands
  readonly #rescan = new RescanClock()
  /** Around the nails of the frame before the last one. */
  #before: Regions = NO_HANDS

  constructor(core: Core, detect: DetectHands) {
    this.#core = core
    this.#detect = detect
  }

  /** A photo's hands, the best first; the last tracked frame is left as it was. */
  async inPhoto(): Promise<Regions> {
    return this.#placed(NO_HANDS)
  }

  /** The next tracked frame's hands, each at the place that it had. `tracked`: the detector was left out. */
  async inFrame(): Promise<{ regions: Regions; tracked: boolean }> {
    const around = this.#core.lastRegions()
    const { frame } = this.#core
    const last = around.map((region, hand) => region && reaching(region, this.#before[hand], frame))
    this.#before = around
    if (!this.#rescan.tracks()) return { regions: await this.#placed(last), tracked: false }
    this.#core.setRegions(last)
    return { regions: last, tracked: true }
  }

  /** Keeps the nails of a tracked frame, so many, for the next one's regions. */
  saw(nails: number): void {
    this.#core.rememberNails(nails)
    this.#rescan.saw(nails)
  }

  async #placed(last: Regions): Promise<Regions> {
    const maps = await this.#detect(this.#core.sampleHands())
    const regions = placed(this.#core.handRegions(maps), last)
    this.#core.setRegions(regions)
    return regions
  }
}
