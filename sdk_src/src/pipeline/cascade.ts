import type { Input } from '../backends/backend.ts'
import type { ResolvedOptions } from '../options.ts'
import { HEATMAP } from '../specs.ts'
import type { Rect, Tier } from '../types.ts'
import { loadChunk } from '../worker/chunks.ts'
import type { Detection, Frame } from '../worker/messages.ts'
import { AdaptiveResolution } from './adaptive_resolution.ts'
import type { Core, HandMaps } from './core.ts'
import type { Extent } from './extent.ts'
import type { FrameReader } from './frame.ts'
import { HandFinder } from './hand_finder.ts'
import type { NailReader } from './nail_reader.ts'
import type { Networks } from './networks.ts'
import type * as Photo from './photo_chunk.ts'
import type { Pipeline } from './pipeline.ts'
import { placeFrame } from './place_frame.ts'
import { present } from './regions.ts'
import { secondPass } from './second_pass.ts'
import { Stopwatch } from './stopwatch.ts'

/** Nails that a hand has: what the first painted frame will need. */
const USUAL_PATCHES = 5

/** A region that pass 1 looks at, and its input tier. */
export interface Look {
  region: Rect
  tier: number
  mirrored?: boolean
}

/** What looks came to: the nails, undefined where there was nothing to look at. */
interface Found {
  nails: NailReader | undefined
  tier: number
}

/**
 * The engine of three networks: where the hands are, a heatmap over each hand's region, then one patch a nail, those of
 * all hands in one batch (DESIGN §2). One frame at a time.
 */
export class Cascade implements Pipeline {
  readonly core: Core
  readonly #networks: Networks
  readonly #hands: HandFinder
  readonly #resolution: AdaptiveResolution
  readonly #tier: Tier | 'auto'
  readonly #assets: string
  #watch = new Stopwatch()

  /** targetFps: inferences a second that tracking aims at; tier: of tracked hands, `auto` to adapt it to that. */
  constructor(
    core: Core,
    networks: Networks,
    { targetFps, tier, assets }: Pick<ResolvedOptions, 'targetFps' | 'tier' | 'assets'>,
  ) {
    this.core = core
    this.#networks = networks
    this.#tier = tier
    this.#assets = assets
    this.#hands = new HandFinder(core, (input, size) => this.#detectHands(input, size), !networks.compiles)
    this.#resolution = new AdaptiveResolution(targetFps, HEATMAP.constants.track_tier)
  }

  /**
   * Nails of a frame, in pixels of its source. `track`: the regions come from the last tracked frame's nails.
   * Throws `image-unusable`.
   */
  async detect(reader: FrameReader, frame: Frame, source: Extent, mode: 'still' | 'track'): Promise<Detection> {
    this.#watch = new Stopwatch()
    const placed = await placeFrame(this.core, reader, frame, mode)
    this.#watch.lap('frame')

    const { nails, tier, tracked } = mode === 'still' ? await this.#photo(placed) : await this.#frame()
    const read = nails?.read(source.width / placed.width, source.height / placed.height) ?? []
    this.#watch.lap('post')
    const { timings } = this.#watch
    if (tracked) this.#resolution.measured(tier, timings.total)
    return { nails: read, timings, tier }
  }

  /** The next tracked frame belongs to another scene. */
  forget(): void {
    this.#hands.saw(0)
  }

  /**
   * Compiles the shaders of a first look and of tracking, so that the first frame is not late. On WASM, which has nothing
   * to compile, it would only make that frame later.
   */
  async warmUp(): Promise<void> {
    if (!this.#networks.compiles) return
    for (const tier of [HEATMAP.constants.still_tier, HEATMAP.constants.track_tier]) {
      const frame = { width: tier, height: tier }
      this.core.place(frame).fill(0)
      await this.#firstPass([{ region: { x: 0, y: 0, ...frame }, tier }])
    }
    await this.#hands.inPhoto()
    await this.#networks.patches.warmUp(USUAL_PATCHES)
  }

  /** A tracked frame: one look at each hand. */
  async #frame(): Promise<Found & { tracked: boolean }> {
    const { regions, tracked } = await this.#hands.inFrame()
    const looks = present(regions).map((region) => ({ region, tier: this.#tierFor(region) }))
    await this.#firstPass(looks)
    const nails = looks.length > 0 ? await this.#secondPass(this.core.planPatches(1)) : undefined
    this.#hands.saw(nails?.count ?? 0)
    const tiers = looks.map(({ tier }) => tier)
    return { nails, tracked, tier: tiers.length > 0 ? Math.max(...tiers) : HEATMAP.constants.track_tier }
  }

  /** Photos are looked at more closely, by code that pages with videos only never load. */
  async #photo(photo: Extent): Promise<Found & { tracked: boolean }> {
    const { lookAtPhoto }: typeof Photo = await loadChunk('photo.js', this.#assets)
    const nails = await lookAtPhoto(photo, {
      core: this.core,
      hands: this.#hands,
      firstPass: (looks, before) => this.#firstPass(looks, before),
      secondPass: (patches, views) => this.#secondPass(patches, views),
    })
    return { nails, tier: HEATMAP.constants.still_tier, tracked: false }
  }

  #tierFor(region: Rect): number {
    return this.#tier === 'auto' ? this.#resolution.tierFor(region) : this.#tier
  }

  async #detectHands(input: Input, size: Extent): Promise<HandMaps> {
    this.#watch.lap('roi')
    const maps = await this.#networks.hands(input, size)
    this.#watch.lap('hand')
    return maps
  }

  /**
   * All looks are started before the first is waited for: on a GPU a wait takes longer than a network. before: looks that
   * there were; these add to them.
   */
  async #firstPass(looks: Look[], before = 0): Promise<void> {
    const sized = looks.map(({ region, tier, mirrored }) => {
      return [region, this.core.segmentSize(region, tier), mirrored] as const
    })
    await Promise.all(sized.map(([, size]) => this.#networks.prepare(size)))
    const started = sized.map((look) => {
      this.#watch.lap('pass1')
      const input = this.core.sampleRegion(...look)
      this.#watch.lap('roi')
      return this.#networks.heatmap(input, look[1])
    })
    const found = await Promise.all(started)
    this.#watch.lap('pass1')
    sized.forEach((look, index) => {
      this.core.decodeHeatmap(before + index, found[index]!, ...look)
    })
    this.#watch.lap('post')
  }

  #secondPass(patches: number, views = 1): Promise<NailReader> {
    return secondPass(this.core, this.#networks.patches, this.#watch, patches, views)
  }
}
