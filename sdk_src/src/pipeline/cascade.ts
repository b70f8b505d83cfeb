import type { ResolvedOptions } from '../options.ts'
import { HEATMAP, PATCH } from '../specs.ts'
import { RescanClock } from '../tracking/rescan.ts'
import type { Rect, Tier } from '../types.ts'
import type { Detection, Frame } from '../worker/messages.ts'
import { AdaptiveResolution } from './adaptive_resolution.ts'
import type { Core } from './core.ts'
import type { Extent } from './extent.ts'
import type { FrameReader } from './frame.ts'
import type { NailReader } from './nail_reader.ts'
import type { Networks } from './networks.ts'
import { Stopwatch } from './stopwatch.ts'

/** Nails that a hand has: what the first painted frame will need. */
const USUAL_PATCHES = 5

/** The two-pass engine: heatmap over the region, then one patch a nail (DESIGN §2). One frame at a time. */
export class Cascade {
  readonly core: Core
  readonly #networks: Networks
  readonly #rescan = new RescanClock()
  readonly #resolution: AdaptiveResolution
  readonly #tier: Tier | 'auto'
  #watch = new Stopwatch()

  /** targetFps: inferences a second that tracking aims at; tier: of tracked hands, `auto` to adapt it to that. */
  constructor(core: Core, networks: Networks, { targetFps, tier }: Pick<ResolvedOptions, 'targetFps' | 'tier'>) {
    this.core = core
    this.#networks = networks
    this.#tier = tier
    this.#resolution = new AdaptiveResolution(targetFps, HEATMAP.constants.track_tier)
  }

  /**
   * Nails of a frame, in pixels of its source. `track`: the region comes from the last tracked frame's nails.
   * Throws `image-unusable`.
   */
  async detect(reader: FrameReader, frame: Frame, source: Extent, mode: 'still' | 'track'): Promise<Detection> {
    this.#watch = new Stopwatch()
    const pixels = reader.read(frame)
    this.core.place(pixels).set(pixels.data)
    this.#watch.lap('frame')

    const { region, tier, tracked } = this.#region(pixels, mode)
    const patches = await this.#firstPass(region, tier)
    let nails = await this.#secondPass(patches)
    if (mode === 'still') nails = await this.#secondLook(pixels, nails)
    if (mode === 'track') {
      this.core.rememberNails(nails.count)
      this.#rescan.saw(nails.count)
    }
    const read = nails.read(source.width / pixels.width, source.height / pixels.height)
    this.#watch.lap('post')
    const { timings } = this.#watch
    if (tracked) this.#resolution.measured(tier, timings.total)
    return { nails: read, timings, tier }
  }

  /** The next tracked frame belongs to another scene. */
  forget(): void {
    this.core.rememberNails(0)
    this.#rescan.saw(0)
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
      await this.#firstPass({ x: 0, y: 0, ...frame }, tier)
    }
    const batch = this.#networks.batchOf(USUAL_PATCHES)
    await this.#networks.patches(new Float32Array(batch * PATCH.constants.patch_size ** 2 * 3), batch)
  }

  #region(frame: Extent, mode: 'still' | 'track'): { region: Rect; tier: number; tracked: boolean } {
    const region = this.core.firstPassRoi(frame, mode === 'track' && this.#rescan.tracks())
    const whole = region.width >= frame.width && region.height >= frame.height
    // Nothing is on the screen that could lag while a hand is looked for: the search keeps the tier that finds most.
    const wanted = this.#tier === 'auto' ? this.#resolution.tierFor(region) : this.#tier
    const tier = whole ? HEATMAP.constants.still_tier : wanted
    return { region, tier, tracked: !whole }
  }

  /** Pass 1 again around the nails of a photo, where that is well under the photo: they are larger there. */
  async #secondLook(photo: Extent, nails: NailReader): Promise<NailReader> {
    const { second_look_share: most, second_look_tier: tier } = HEATMAP.constants
    const region = this.core.secondLookRoi(nails.count)
    if (region.width * region.height >= most * photo.width * photo.height) return nails
    return this.#secondPass(await this.#firstPass(region, tier, 1))
  }

  /** look: 0 for the frame's first; further ones add to it. Returns the number of patches. */
  async #firstPass(region: Rect, tier: number, look = 0): Promise<number> {
    const size = this.core.segmentSize(region, tier)
    const input = this.core.sampleRegion(region, size)
    this.#watch.lap('roi')
    const { heatmap, geometry } = await this.#networks.heatmap(input, size)
    this.#watch.lap('pass1')
    const patches = this.core.planPatches(look, heatmap, geometry)
    this.#watch.lap('post')
    return patches
  }

  async #secondPass(patches: number): Promise<NailReader> {
    for (let start = 0; start < patches; start += PATCH.constants.max_batch) {
      const count = Math.min(patches - start, PATCH.constants.max_batch)
      const batch = this.#networks.batchOf(count)
      const input = this.core.samplePatches(start, count, batch)
      this.#watch.lap('roi')
      const outputs = await this.#networks.patches(input, batch)
      this.#watch.lap('pass2')
      this.core.storePatches(start, count, outputs)
    }
    const nails = this.core.decodePatches()
    this.#watch.lap('post')
    return nails
  }
}
