// What the pipeline's choices bring, each against its alternative, taking turns in one page: A B A B …
import { loadModels } from '../../sdk_src/src/models_cache/models.ts'
import { resolveOptions } from '../../sdk_src/src/options.ts'
import { Core } from '../../sdk_src/src/pipeline/core.ts'
import type { Networks } from '../../sdk_src/src/pipeline/networks.ts'
import { HEATMAP, MASK_SIZE } from '../../sdk_src/src/specs.ts'
import { Session } from '../../sdk_src/src/worker/session.ts'

/** Milliseconds, round by round, of each way. */
type Found = Record<string, Record<string, number[]>>

const noise = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898))

async function choices(rounds: number): Promise<Found> {
  const options = resolveOptions({ assets: '/', backend: 'wasm', store: 'memory' }, location.href, location.href)
  const session = new Session(options)
  const [models, core] = await Promise.all([
    loadModels(options, () => {}),
    Core.load(new URL('/lunula_core.wasm', location.href)),
    session.open('wasm', 'wasm'),
  ])
  await session.load(models, core)
  const networks = session.networks as Networks
  const patch = MASK_SIZE ** 2 * 3
  const batch = (count: number) => {
    const input = noise(count * patch)
    return () => networks.patches.run(input, count)
  }
  const oneByOne = (count: number) => {
    const input = noise(patch)
    return async () => {
      for (let i = 0; i < count; i++) await networks.patches.run(input, 1)
    }
  }
  const look = (tier: number) => {
    const input = noise(tier ** 2 * 3)
    return () => networks.heatmap(input, { width: tier, height: tier })
  }
  const video = { width: 192, height: 160 } // what the hand detector gets of a frame of 4:3
  const hands = noise(video.width * video.height * 3)
  const ways: Record<string, Record<string, () => Promise<unknown>>> = {
    'five patches': { 'in one batch': batch(5), 'one by one': oneByOne(5) },
    'ten patches': { 'in one batch': batch(10), 'one by one': oneByOne(10) },
    'pass 1': {
      'a hand at the tracking tier': look(HEATMAP.constants.track_tier),
      'a photo at its tier': look(HEATMAP.constants.still_tier),
    },
    'the hand detector': {
      'left out while tracking': async () => {},
      'in every frame': () => networks.hands(hands, video),
    },
  }
  const found: Found = {}
  for (const [choice, each] of Object.entries(ways)) {
    found[choice] = Object.fromEntries(Object.keys(each).map((way) => [way, []]))
  }
  for (let round = 0; round <= rounds; round++) {
    for (const [choice, each] of Object.entries(ways)) {
      for (const [way, run] of Object.entries(each)) {
        const start = performance.now()
        await run()
        const ms = performance.now() - start
        if (round > 0) found[choice]![way]!.push(ms) // the first grows memory
      }
    }
  }
  return found
}

Object.assign(globalThis, { choices })
