import { HEATMAP, PATCH } from '../specs.ts'
import type { Rect } from '../types.ts'
import type { Look } from './cascade.ts'
import { type Core, check } from './core.ts'
import type { Extent } from './extent.ts'
import type { HandFinder } from './hand_finder.ts'
import type { NailReader } from './nail_reader.ts'
import { present } from './regions.ts'
import { planAgain } from './second_pass.ts'

/** What the cascade does for a photo; see its methods. */
export interface Passes {
  core: Core
  hands: HandFinder
  /** looks: which are computed at a time; before: looks that there were. */
  firstPass(looks: Look[], before: number): Promise<void>
  secondPass(patches: number, views?: number): Promise<NailReader>
}

/**
 * A photo with hands: the whole, each hand, and then the region around all nails, where these are well under the
 * photo; nails are larger there. All looks' candidates count, each look's mirror image's too. Pass 2 sees each
 * candidate from several views, then each nail that was found once more, centred better. Undefined without hands.
 */
export async function lookAtPhoto(
  photo: Extent,
  { core, hands, firstPass, secondPass }: Passes,
): Promise<NailReader | undefined> {
  const { still_views: views } = PATCH.constants
  const found = present(await hands.inPhoto())
  if (found.length === 0) return undefined
  const whole = { x: 0, y: 0, width: photo.width, height: photo.height }
  const looks = [whole, ...found.filter((hand) => isWorthALook(hand, photo))].flatMap(bothWays)
  // One after the other: a photo's inputs are large, and in software each takes a second.
  const lookAt = async (more: Look[], before = 0) => {
    for (const [index, look] of more.entries()) await firstPass([look], before + index)
  }
  await lookAt(looks)
  const seen = await secondPass(core.planPatches(1))
  const around = regionAround(seen.count, core)
  if (isWorthALook(around, photo)) await lookAt(bothWays(around), looks.length)
  await secondPass(core.planPatches(views), views)
  return secondPass(planAgain(views, core), views)
}

/** The region around the photo's `count` nails, or the whole photo. After `decodePatches`. */
function regionAround(count: number, core: Core): Rect {
  const { width, height } = core.frame
  const { lunula_second_look_roi: roi, lunula_nails: nails } = core.wasm
  check(roi(width, height, nails(core.session), count, core.layout.rect))
  return core.rectangle()
}

/** A photo's region, and its mirror image. */
function bothWays(region: Rect): Look[] {
  const { still_tier: tier } = HEATMAP.constants
  return [
    { region, tier },
    { region, tier, mirrored: true },
  ]
}

/** Well under the photo: what lies in it is larger in an input of the same tier. */
function isWorthALook({ width, height }: Extent, photo: Extent): boolean {
  return width * height < HEATMAP.constants.look_share * photo.width * photo.height
}
