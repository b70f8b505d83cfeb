/** The networks one by one on WebGPU: TensorFlow.js's kernels and our executor with each choice, in turns. */
import '@tensorflow/tfjs-backend-webgpu/dist/flags_webgpu'
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu'
import { ops } from '#kernels'
import { planOf } from '../../../sdk_src/src/backends/gpu/plan.ts'
import { PlannedNetwork } from '../../../sdk_src/src/backends/gpu/planned_network.ts'
import { ReadBacks } from '../../../sdk_src/src/backends/gpu/webgpu/read_back.ts'
import { WebgpuExecutor } from '../../../sdk_src/src/backends/gpu/webgpu_executor.ts'
import { Graph } from '../../../sdk_src/src/backends/tfjs/graph.ts'
import { readGraph } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'
import { TfjsBackend } from '../../../sdk_src/src/backends/tfjs/tfjs_backend.ts'
import { CASES, type Case, filesOf, measureWays, middle, type Way } from './measure.ts'

type Tiling = ConstructorParameters<typeof WebgpuExecutor>[1]

const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
if (!adapter) throw new Error('there is no WebGPU adapter')
const device = await adapter.requestDevice({
  requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
})
await TfjsBackend.open({
  name: 'webgpu',
  backend: 'webgpu',
  make: () => new WebGPUBackend(device, adapter.info),
  lost: () => false,
  close: () => {},
})

function ours(tiling?: Tiling): Way {
  const executor = new WebgpuExecutor(device, tiling)
  return (files) =>
    new PlannedNetwork(files, readGraph(files), executor, async () => {
      throw new Error('the executor does not compute it')
    })
}

const readBacks = new ReadBacks(device)

/** Milliseconds until 4 bytes that were copied on the device can be read: what no network can be faster than. */
async function roundTrip(asks: boolean): Promise<number> {
  const from = device.createBuffer({ size: 4, usage: GPUBufferUsage.COPY_SRC })
  const to = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const start = performance.now()
  const commands = device.createCommandEncoder()
  commands.copyBufferToBuffer(from, 0, to, 0, 4)
  device.queue.submit([commands.finish()])
  await (asks ? readBacks.mapped(to) : to.mapAsync(GPUMapMode.READ))
  const ms = performance.now() - start
  from.destroy()
  to.destroy()
  return ms
}

/** So often a layer is computed in a row to be measured. */
const REPEATS = 200
/** Milliseconds for the layers of one network: what is not measured by then is left out. */
const PROFILE_MS = 3000

/** Microseconds of each layer of a network: those that a run takes longer when the layer is computed REPEATS times. */
async function profile({ model, shape, outputs }: Case) {
  const files = await filesOf(model)
  const graph = readGraph(files)
  const names = outputs.map((output) => files.outputs[output]!.replace(/:0$/, ''))
  const plan = planOf(graph, shape, names)!
  const executor = new WebgpuExecutor(device)
  await executor.prepare(plan)
  const x = new Float32Array(shape.reduce((product, side) => product * side))
  const dispatch = GPUComputePassEncoder.prototype.dispatchWorkgroups
  let [at, repeated] = [0, -1]
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...counts) {
    const times = at++ === repeated ? REPEATS : 1
    for (let time = 0; time < times; time++) dispatch.apply(this, counts)
  }
  const least = async (layer: number) => {
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run < 4; run++) {
      ;[at, repeated] = [0, layer]
      const start = performance.now()
      await executor.run(plan, x)
      best = Math.min(best, performance.now() - start)
    }
    return best
  }
  const begun = performance.now()
  const once = await least(-1)
  const layers = []
  for (const [index, layer] of plan.layers.entries()) {
    if (performance.now() - begun > PROFILE_MS) break
    const ms = await least(index)
    const [from, to] = [plan.shapes[layer.input]!, plan.shapes[layer.output]!]
    const size = layer.kind === 'mean' ? '' : ` ${layer.size} / ${layer.stride} ${layer.add === undefined ? '' : '+'}`
    const sides = [from, to].map(({ height, width, channels }) => `${height}x${width}x${channels}`).join(' -> ')
    layers.push([`${layer.kind}${size} ${sides}`, Number((((ms - once) / REPEATS) * 1000).toFixed(2))])
  }
  GPUComputePassEncoder.prototype.dispatchWorkgroups = dispatch
  executor.release([plan])
  return { model, shape, once, layers }
}

const trips: Record<string, number[]> = { waited: [], asked: [] }
for (let turn = 0; turn < 50; turn++) {
  trips.waited!.push(await roundTrip(false))
  trips.asked!.push(await roundTrip(true))
}
const ways: Record<string, Way> = {
  'TensorFlow.js': (files) => new Graph(files, ops),
  ours: ours(),
}
for (const [pixels, slices] of [
  [1, 1],
  [1, 16],
] as const)
  ways[`ours, ${pixels} pixels, ${slices} slices`] = ours({ pixels, slices })
const profiles = []
for (const each of CASES) profiles.push(await profile(each))
const { vendor, architecture, description } = adapter.info
await measureWays(ways, {
  adapter: { vendor, architecture, description },
  roundTrip: Object.fromEntries(Object.entries(trips).map(([name, values]) => [name, middle(values)])),
  profiles,
})
