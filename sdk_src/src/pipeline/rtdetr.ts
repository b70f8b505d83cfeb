import { PATCH, RTDETR, RTDETR_FULL } from '../specs.ts'
import type { Rect } from '../types.ts'
import type { Detection, Frame } from '../worker/messages.ts'
import type { Core } from './core.ts'
import type { Extent } from './extent.ts'
import type { FrameReader } from './frame.ts'
import { HandFinder } from './hand_finder.ts'
import type { NailReader } from './nail_reader.ts'
import type { Pipeline } from './pipeline.ts'
import { placeFrame } from './place_frame.ts'
import { QueryDecoder } from './query_decoder.ts'
import { present } from './regions.ts'
import type { RtdetrNetworks } from './rtdetr_networks.ts'
import { planAgain, secondPass } from './second_pass.ts'
import { Stopwatch } from './stopwatch.ts'

/**
 * RT-DETR, one network for everything about a nail: on the region of each hand in turn (`regions`), or once on the whole
 * frame, larger (DESIGN §2). One frame at a time.
 */
export class Rtdetr implements Pipeline {
  readonly core: Core
  readonly #networks: RtdetrNetworks
  readonly #queries: QueryDecoder
  /** Undefined: the whole frame. */
  readonly #hands: HandFinder | undefined
  /** Side of the network's input. At most 432: WebGL 2 promises textures of 2048. */
  readonly #size: number
  readonly #maskSide: number
  #watch = new Stopwatch()

  constructor(core: Core, networks: RtdetrNetworks, regions: boolean) {
    const { size, mask_stride: stride } = (regions ? RTDETR : RTDETR_FULL).constants
    this.core = core
    this.#networks = networks
    this.#queries = new QueryDecoder(core)
    this.#hands = regions
      ? new HandFinder(core, (input, size) => networks.hands(input, size), !networks.compiles)
      : undefined
    this.#size = size
    this.#maskSide = size / stride
  }

  async detect(reader: FrameReader, frame: Frame, source: Extent, mode: 'still' | 'track'): Promise<Detection> {
    this.#watch = new Stopwatch()
    const placed = await placeFrame(this.core, reader, frame, mode)
    this.#watch.lap('frame')
    const nails = mode === 'still' ? await this.#still(placed) : await this.#tracked(placed)
    const read = nails?.read(source.width / placed.width, source.height / placed.height) ?? []
    this.#watch.lap('post')
    return { nails: read, timings: this.#watch.timings, tier: this.#size }
  }

  forget(): void {
    this.#hands?.saw(0)
  }

  async warmUp(): Promise<void> {
    if (!this.#networks.compiles) return
    const frame = { width: this.#size, height: this.#size }
    this.core.place(frame).fill(0)
    await this.#hands?.inPhoto()
    const input = this.core.sampleRegion(whole(frame), frame)
    // Five masks, as a hand has, so that what gathers them is compiled too.
    await this.#networks.nails(input, this.#size, () => [0, 1, 2, 3, 4])
  }

  /**
   * The nails of a photo, outlined anew by the cascade's second pass: it sees each upright at 64x64, from several views,
   * where masks here are the input's at stride 2.
   */
  async #still(photo: Extent): Promise<NailReader> {
    const { still_views: views } = PATCH.constants
    const found = await this.#photo(photo)
    if (found.count === 0) return found
    return secondPass(this.core, this.#networks.patches, this.#watch, planAgain(views, this.core), views)
  }

  /** A photo's hands are looked at twice: where the detector saw them, then where their nails are, larger. */
  async #photo(photo: Extent): Promise<NailReader> {
    const { still_threshold: least } = RTDETR.constants
    if (!this.#hands) return this.#look([whole(photo)], least)
    const hands = present(await this.#hands.inPhoto())
    this.#watch.lap('hand')
    const first = await this.#look(hands.length > 0 ? hands : [whole(photo)], least)
    const nearer = present(this.core.nailRegions(first.count))
    return nearer.length > 0 ? this.#look(nearer, least) : first
  }

  async #tracked(frame: Extent): Promise<NailReader | undefined> {
    if (!this.#hands) return this.#look([whole(frame)])
    const regions = present((await this.#hands.inFrame()).regions)
    this.#watch.lap('hand')
    const nails = regions.length > 0 ? await this.#look(regions) : undefined
    this.#hands.saw(nails?.count ?? 0)
    return nails
  }

  /** The nails of some regions: one inference each. least: their confidence. */
  async #look(regions: Rect[], least: number = RTDETR.constants.score_threshold): Promise<NailReader> {
    const size = this.#size
    for (const [look, region] of regions.entries()) {
      const input = this.core.sampleRegion(region, { width: size, height: size })
      this.#watch.lap('roi')
      const { queries, kept, masks } = await this.#networks.nails(input, size, (all) => this.#queries.keep(all, least))
      this.#watch.lap('pass1')
      this.#queries.store(look, queries, kept, masks, this.#maskSide)
    }
    const nails = this.core.decodePatches()
    this.#watch.lap('post')
    return nails
  }
}

function whole({ width, height }: Extent): Rect {
  return { x: 0, y: 0, width, height }
}
