import { PATCH } from '../specs.ts'
import { type Core, check } from './core.ts'
import type { NailReader } from './nail_reader.ts'
import type { Patches } from './patches.ts'
import type { Stopwatch } from './stopwatch.ts'

/** Pass 2 on what the core planned. patches: of the plan; views: how many of them a nail has in a row. */
export async function secondPass(
  core: Core,
  network: Patches,
  watch: Stopwatch,
  patches: number,
  views = 1,
): Promise<NailReader> {
  // A batch holds whole nails.
  const most = PATCH.constants.max_batch - (PATCH.constants.max_batch % views)
  for (let start = 0; start < patches; start += most) {
    const count = Math.min(patches - start, most)
    const batch = network.batchOf(count)
    const input = core.samplePatches(start, count, batch)
    watch.lap('roi')
    const outputs = await network.run(input, batch)
    watch.lap('pass2')
    core.storePatches(start, count, outputs)
  }
  const nails = core.decodePatches()
  watch.lap('post')
  return nails
}

/** Plans pass 2 around the nails of `decodePatches`, whose outlines tell better than what was before where they are. */
export function planAgain(views: number, core: Core): number {
  return check(core.wasm.lunula_plan_patches_again(core.session, views))
}
