/** Plans on a device of this browser against plain loops. */
import type { Executor } from '../../../sdk_src/src/backends/gpu/executor.ts'
import { type Convolution, type Layer, type Plan, planOf, type Shape } from '../../../sdk_src/src/backends/gpu/plan.ts'
import { WebgpuExecutor } from '../../../sdk_src/src/backends/gpu/webgpu_executor.ts'
import { readGraph } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'
import { runPlan } from '../graphs/plain_plan.ts'

/** A layer whose output has no place among the shapes yet. */
type Unplaced = Omit<Convolution, 'output'> | Omit<Exclude<Layer, Convolution>, 'output'>
type Tiling = ConstructorParameters<typeof WebgpuExecutor>[1]

let device: Promise<GPUDevice> | undefined

async function webgpu(tiling?: Tiling): Promise<Executor> {
  device ??= navigator.gpu.requestAdapter().then((adapter) => adapter!.requestDevice())
  return new WebgpuExecutor(await device, tiling)
}

function wave(length: number, seed = 0): Float32Array {
  return Float32Array.from({ length }, (_, i) => 1.5 * Math.sin(i * 0.73 + seed + 0.2))
}

const sizeOf = ({ batch, height, width, channels }: Shape) => batch * height * width * channels

/** Runs a plan twice, the second started before the first is there. The largest error, of an output's largest value. */
async function worst(plan: Plan, executor: Executor): Promise<number> {
  const inputs = [0, 1].map((seed) => wave(sizeOf(plan.shapes[0]!), seed))
  await executor.prepare(plan)
  const runs = await Promise.all(inputs.map((input) => executor.run(plan, input)))
  return Math.max(
    ...inputs.flatMap((input, run) =>
      runPlan(plan, input).map((expected, k) => {
        const got = runs[run]![k]!
        if (got.length !== expected.length) return Number.POSITIVE_INFINITY
        const most = expected.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0)
        return expected.reduce((sum, value, at) => Math.max(sum, Math.abs(value - got[at]!)), 0) / most
      }),
    ),
  )
}

/** A built network with inputs of these shapes: the errors, and what the executor holds before, meanwhile and after. */
async function network(folder: string, shapes: number[][]) {
  const graph = await (await fetch(`${folder}/model.json`)).text()
  const { weightsManifest, signature } = JSON.parse(graph)
  const paths: string[] = weightsManifest.flatMap((group: { paths: string[] }) => group.paths)
  const shards = await Promise.all(paths.map(async (path) => (await fetch(`${folder}/${path}`)).blob()))
  const files = { graph, weights: await new Blob(shards).arrayBuffer() }
  const definition = readGraph(files)
  const executor = await webgpu()
  const held = [executor.memory()]
  const errors: number[] = []
  const plans = shapes.map((shape) => planOf(definition, shape, Object.keys(signature.outputs))!)
  for (const plan of plans) {
    errors.push(await worst(plan, executor))
    held.push(executor.memory())
  }
  await executor.run(plans[0]!, wave(sizeOf(plans[0]!.shapes[0]!)))
  held.push(executor.memory())
  for (const plan of plans) executor.release([plan])
  held.push(executor.memory())
  return { errors, held }
}

/** Layers of every kind, with channels that are no multiple of four, on a batch: the error with each way to cut them up. */
async function layers(tilings: Tiling[]) {
  const errors = []
  for (const tiling of tilings) {
    const executor = await webgpu(tiling)
    errors.push(await worst(oddPlan(), executor))
  }
  return errors
}

/**
 * What reaches the device while two runs are computed that are started together: submissions; error scopes, of which each
 * is an ask whether the device is done; the most of them at one time; and those that come when the runs are there.
 */
async function traffic() {
  const { submit } = GPUQueue.prototype
  const { popErrorScope } = GPUDevice.prototype
  const executor = await webgpu()
  const plan = oddPlan()
  await executor.prepare(plan)
  const counts = { submissions: 0, asks: 0, atOnce: 0, later: 0 }
  let underWay = 0
  GPUQueue.prototype.submit = function (buffers) {
    counts.submissions++
    return submit.call(this, buffers)
  }
  GPUDevice.prototype.popErrorScope = async function () {
    counts.asks++
    counts.atOnce = Math.max(counts.atOnce, ++underWay)
    try {
      return await popErrorScope.call(this)
    } finally {
      underWay--
    }
  }
  await Promise.all([0, 1].map((seed) => executor.run(plan, wave(sizeOf(plan.shapes[0]!), seed))))
  const { asks } = counts
  await new Promise((resolve) => setTimeout(resolve, 100))
  counts.later = counts.asks - asks
  GPUDevice.prototype.popErrorScope = popErrorScope
  GPUQueue.prototype.submit = submit
  executor.release([plan])
  return counts
}

function oddPlan(): Plan {
  const shapes: Shape[] = [{ batch: 3, height: 9, width: 7, channels: 3 }]
  const layers: Layer[] = []
  const push = (layer: Unplaced, shape: Partial<Shape>) => {
    const output = shapes.push({ ...shapes[layer.input]!, ...shape }) - 1
    layers.push({ ...layer, output } as Layer)
    return output
  }
  const convolved = (input: number, channels: number, more: Partial<Convolution> = {}, shape: Partial<Shape> = {}) => {
    const { size = [1, 1], kind = 'convolution', block = 1 } = more
    const from = shapes[input]!
    const count = size[0] * size[1] * (kind === 'depthwise' ? channels : from.channels * channels)
    const pad: [number, number] = [size[0] >> 1, size[1] >> 1]
    const layer = { kind, input, size, stride: 1, pad, block, activation: 'linear' as const, ...more }
    const filter = wave(count, layers.length).map((value) => value / Math.sqrt(count / channels))
    const height = from.height * block
    const made = { height, width: from.width * block, channels: channels / block ** 2, ...shape }
    return push({ ...layer, filter, bias: wave(channels, 1) }, made)
  }
  const stem = convolved(0, 5, { size: [3, 3], stride: 2, activation: 'relu6' }, { height: 5, width: 4 })
  const deep = convolved(stem, 42, { activation: 'relu' })
  const wide = convolved(deep, 42, { kind: 'depthwise', size: [5, 5], activation: 'relu6', add: deep })
  const strided = convolved(wide, 42, { kind: 'depthwise', size: [3, 3], stride: 2 }, { height: 3, width: 2 })
  const block = convolved(strided, 48, { size: [3, 2], pad: [0, 0], activation: 'sigmoid' }, { height: 1, width: 1 })
  const large = convolved(wide, 32, { block: 2, activation: 'relu6' })
  const small = convolved(large, 8, { block: 2 })
  const read = convolved(small, 6, { size: [1, 1] })
  const same = convolved(small, 6, { add: read, activation: 'relu6' })
  const onto = convolved(large, 8, { block: 2, add: small })
  const mean = push({ kind: 'mean', input: wide }, { height: 1, width: 1 })
  const product = convolved(mean, 7, { activation: 'sigmoid' })
  const outputs = [block, same, onto, mean, product, large]
  const lastUse = shapes.map(() => -1)
  for (const [index, layer] of layers.entries()) {
    lastUse[layer.input] = index
    if (layer.kind !== 'mean' && layer.add !== undefined) lastUse[layer.add] = index
  }
  for (const output of outputs) lastUse[output] = layers.length
  return { layers, shapes, outputs, lastUse }
}

Object.assign(window, { network, layers, traffic })
