import type { Input } from '../backends/backend.ts'
import { HANDS } from '../specs.ts'
import { RescanClock } from '../tracking/rescan.ts'
import type { Core, HandMaps } from './core.ts'
import type { Extent } from './extent.ts'
import { NO_HANDS, placed, type Regions, reaching } from './regions.ts'

/** Runs the hand detector on its input [1, height, width, 3]. */
export type DetectHands = (input: Input, size: Extent) => Promise<HandMaps>

/** The detector's input in the form that it was trained with. */
const SQUARE: Extent = { width: HANDS.constants.size, height: HANDS.constants.size }
/** Its coarsest cells, pixels: sides are a multiple. */
const COARSEST = 32

/**
 * Where an engine looks: around the last nails while hands are tracked, else where the hand detector sees hands. The
 * detector runs on loss, and at a slow cadence for a second hand. The frame lies in the core.
 */
export class HandFinder {
  readonly #core: Core
  readonly #detect: DetectHands
  readonly #tight: boolean
  readonly #rescan = new RescanClock()
  /** Around the nails of the frame before the last one. */
  #before: Regions = NO_HANDS

  /**
   * tight: a video's frames are fitted into no more than they need of the square, 192x160 of 4:3. Not where shaders are
   * compiled, which would have to be for each form.
   */
  constructor(core: Core, detect: DetectHands, tight: boolean) {
    this.#core = core
    this.#detect = detect
    this.#tight = tight
  }

  /** A photo's hands, the best first; the last tracked frame is left as it was. */
  async inPhoto(): Promise<Regions> {
    return this.#placed(NO_HANDS, SQUARE)
  }

  /** The next tracked frame's hands, each at the place that it had. `tracked`: the detector was left out. */
  async inFrame(): Promise<{ regions: Regions; tracked: boolean }> {
    const around = this.#core.lastRegions()
    const { frame } = this.#core
    const last = around.map((region, hand) => region && reaching(region, this.#before[hand], frame))
    this.#before = around
    if (!this.#rescan.tracks())
      return { regions: await this.#placed(last, this.#tight ? tightSize(frame) : SQUARE), tracked: false }
    this.#core.setRegions(last)
    return { regions: last, tracked: true }
  }

  /** Keeps the nails of a tracked frame, so many, for the next one's regions. */
  saw(nails: number): void {
    this.#core.rememberNails(nails)
    this.#rescan.saw(nails)
  }

  async #placed(last: Regions, size: Extent): Promise<Regions> {
    const maps = await this.#detect(this.#core.sampleHands(size), size)
    const regions = placed(this.#core.handRegions(maps, size), last)
    this.#core.setRegions(regions)
    return regions
  }
}

/** What a frame needs of the detector's square. */
function tightSize({ width, height }: Extent): Extent {
  const coarse = (side: number) => Math.ceil((side * SQUARE.width) / (Math.max(width, height) * COARSEST)) * COARSEST
  return { width: coarse(width), height: coarse(height) }
}
