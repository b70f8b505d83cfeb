import type { Network } from '../../../sdk_src/src/backends/backend.ts'
import { wave } from '../../../sdk_src/src/backends/gpu/probe_plans.ts'
import type { ModelFiles } from '../../../sdk_src/src/models_cache/models.ts'

/** A way to compute a network: TensorFlow.js's, or ours with some choices. */
export type Way = (files: ModelFiles) => Network

export interface Case {
  model: string
  shape: number[]
  outputs: string[]
}

export const CASES: Case[] = [
  { model: 'nail_heatmap', shape: [1, 256, 256, 3], outputs: ['heatmap', 'geometry'] },
  { model: 'nail_patch', shape: [5, 64, 64, 3], outputs: ['output_0', 'output_1', 'output_2'] },
  { model: 'hand_detector', shape: [1, 192, 192, 3], outputs: ['scores', 'boxes'] },
]
const TURNS = 12
/** Seconds for all networks: what is not done by then is left out. */
const BUDGET = 30
/** Runs in a row whose time is shared: what the device needs when nobody waits for each. */
const IN_A_ROW = 10

/** Milliseconds. script: until `run` comes back; result: until the outputs are there; shared: of `IN_A_ROW` runs, each. */
interface Times {
  script: number[]
  result: number[]
  shared: number[]
}

/**
 * Each network each way, in turns, the first ways first, within `?budget=SECONDS`; posts what came out. worst: largest
 * difference from the first way, of the largest value; first: milliseconds until the first result.
 */
export async function measureWays(ways: Record<string, Way>, about: object): Promise<void> {
  const start = performance.now()
  const budget = Number(new URLSearchParams(location.search).get('budget') ?? BUDGET) * 1000
  const measured = []
  for (const [index, each] of CASES.entries()) {
    const end = start + (budget * (index + 1)) / CASES.length
    measured.push(await measureCase(ways, each, end))
  }
  postMessage({ ...about, seconds: (performance.now() - start) / 1000, measured })
}

async function measureCase(ways: Record<string, Way>, each: Case, end: number) {
  const files = await filesOf(each.model)
  const x = wave(
    each.shape.reduce((product, side) => product * side),
    1,
  )
  const begun = performance.now()
  const networks: Record<string, Network> = {}
  const times: Record<string, Times> = {}
  const first: Record<string, number> = {}
  const worst: Record<string, number | string> = {}
  let expected: Float32Array[] | undefined
  for (const [name, way] of Object.entries(ways)) {
    const start = performance.now()
    if (start - begun > 0.6 * (end - begun)) break // the rest is for the turns
    try {
      const network = way(files)
      networks[name] = network
      await network.prepare(each.shape, each.outputs)
      const got = await network.run(x, each.shape, each.outputs)
      expected ??= got
      worst[name] = Math.max(...got.map((values, k) => off(values, expected![k]!)))
      times[name] = { script: [], result: [], shared: [] }
    } catch (thrown) {
      worst[name] = String(thrown)
    }
    first[name] = performance.now() - start
  }
  let turns = 0
  for (; turns < TURNS && performance.now() < end; turns++)
    for (const [name, taken] of Object.entries(times)) await run(networks[name]!, x, each, taken)
  const ms = Object.fromEntries(
    Object.entries(times).map(([name, { script, result, shared }]) => {
      return [name, { script: middle(script), result: middle(result), shared: middle(shared) }]
    }),
  )
  for (const network of Object.values(networks)) network.dispose()
  return { ...each, turns, ms, first, worst }
}

async function run(network: Network, x: Float32Array, { shape, outputs }: Case, times: Times): Promise<void> {
  let start = performance.now()
  const running = network.run(x, shape, outputs)
  times.script.push(performance.now() - start)
  await running
  times.result.push(performance.now() - start)
  start = performance.now()
  await Promise.all(Array.from({ length: IN_A_ROW }, () => network.run(x, shape, outputs)))
  times.shared.push((performance.now() - start) / IN_A_ROW)
}

/** Of the files that `networks.html` lies beside. */
export async function filesOf(model: string): Promise<ModelFiles> {
  const folder = new URL(`models/${model}/float16/`, location.href)
  const graph = await (await fetch(new URL('model.json', folder))).text()
  const { weightsManifest, signature } = JSON.parse(graph)
  const weights = await (await fetch(new URL(weightsManifest[0].paths[0], folder))).arrayBuffer()
  const [input] = Object.values<{ name: string }>(signature.inputs)
  const outputs = Object.entries<{ name: string }>(signature.outputs).map(([name, { name: node }]) => [name, node])
  return { graph, weights, input: input!.name, outputs: Object.fromEntries(outputs) }
}

export function middle(values: number[]): { p50: number; p95: number; min: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) =>
    Number(sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]!.toFixed(3))
  return { p50: at(0.5), p95: at(0.95), min: at(0) }
}

function off(got: Float32Array, expected: Float32Array): number {
  const largest = Math.max(...expected.map(Math.abs))
  return got.reduce((worst, value, k) => Math.max(worst, Math.abs(value - expected[k]!)), 0) / largest
}
