/**
 * Our graph executor, and what the plan for graphics cards says of a network, against tfjs-converter, both on TensorFlow.js's CPU backend: the same numbers, no tensor left.
 * Arguments: folders of built models. Prints "graphs alike: N".
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import { loadGraphModelSync } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { planOf } from '../../../sdk_src/src/backends/gpu/plan.ts'
import { Graph } from '../../../sdk_src/src/backends/tfjs/graph.ts'
import { readGraph } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'
import * as ops from '../../../sdk_src/src/backends/tfjs/ops/index.ts'
import { OPERATORS, type OperatorCase, type Value } from './operators.ts'
import { runPlan } from './plain_plan.ts'

/** Values between -1.5 and 1.5 that no kernel could get right by chance. */
const wave = (length: number) => Float32Array.from({ length }, (_, i) => 1.5 * Math.sin(i * 0.73 + 0.2))
const sizeOf = (shape: number[]) => shape.reduce((product, side) => product * side, 1)

/** Within 1e-5 of the largest value: sums in another order. */
function assertClose(got: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  assert.equal(got.length, expected.length, name)
  const [most, worst] = Array.from(expected).reduce(
    ([most, worst], value, k) => [Math.max(most, Math.abs(value)), Math.max(worst, Math.abs(value - got[k]!))],
    [0, 0],
  )
  assert.ok(worst <= 1e-5 * most, `${name} is off by ${worst / most}`)
}

interface Files {
  graph: string
  weights: ArrayBuffer
}

/** Gives what the graph computed. */
async function compare(name: string, files: Files, shape: number[], outputs: string[]) {
  const input = wave(sizeOf(shape))
  const model = loadGraphModelSync([JSON.parse(files.graph), files.weights])
  const inputName = model.inputs[0]!.name
  const x = tf.tensor(input, shape)
  const expected = [model.execute({ [inputName]: x }, outputs)].flat()
  const values = expected.map((tensor) => tensor.dataSync())
  tf.dispose([x, expected])
  model.dispose()
  const before = tf.memory().numTensors
  const named = Object.fromEntries(outputs.map((output) => [output, output]))
  const graph = new Graph({ ...files, input: inputName, outputs: named }, ops)
  for (let run = 0; run < 2; run++) {
    const got = await graph.run(input, shape, outputs)
    got.forEach((actual, k) => {
      assert.deepEqual(Array.from(actual), Array.from(values[k]!), `${name}, output ${k}`)
    })
  }
  graph.dispose()
  assert.equal(tf.memory().numTensors, before, `${name} leaves tensors`)
  return { input, values }
}

function filesOf({ op, shape, constants = [], at = 0, attr = {} }: OperatorCase): Files {
  const stored = constants.map((value: Value) => {
    if (!Array.isArray(value) && typeof value === 'object') {
      return { shape: value.shape, dtype: 'float32', data: wave(sizeOf(value.shape)) }
    }
    const data = Int32Array.from([value].flat(2))
    const rows = Array.isArray(value) ? [value.length] : []
    const side = Array.isArray(value) && Array.isArray(value[0]) ? [...rows, value[0].length] : rows
    return { shape: side, dtype: 'int32', data }
  })
  const names = stored.map((_, k) => `c${k}`)
  const weights = stored.map(({ shape, dtype }, k) => ({ name: names[k]!, shape, dtype }))
  const bytes = Buffer.concat(stored.map(({ data }) => Buffer.from(data.buffer)))
  const dim = shape.map((size) => ({ size: `${size}` }))
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } } },
    ...weights.map(({ name, dtype }) => ({
      name,
      op: 'Const',
      attr: { dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' } },
    })),
    { name: 'y', op, input: [...names.slice(0, at), 'x', ...names.slice(at)], attr },
  ]
  const graph = {
    format: 'graph-model',
    modelTopology: { node, versions: {} },
    weightsManifest: [{ paths: [], weights }],
  }
  return { graph: JSON.stringify(graph), weights: Uint8Array.from(bytes).buffer }
}

await tf.setBackend('cpu')
for (const each of OPERATORS) {
  const outputs = Array.from({ length: each.outputs ?? 1 }, (_, k) => (k ? `y:${k}` : 'y'))
  await compare(`${each.op} ${JSON.stringify(each.constants ?? [])}`, filesOf(each), each.shape, outputs)
}
const models = process.argv.slice(2)
for (const folder of models) {
  const graph = readFileSync(join(folder, 'model.json'), 'utf8')
  const shards = readdirSync(folder)
    .filter((name) => name.endsWith('.bin'))
    .sort()
  const bytes = Buffer.concat(shards.map((name) => readFileSync(join(folder, name))))
  const { inputs, outputs } = JSON.parse(graph).signature
  const [input] = Object.values(inputs) as { tensorShape: { dim: { size: string }[] } }[]
  // Free dimensions: two patches, or a picture of 64 pixels.
  const shape = input!.tensorShape.dim.map(({ size }, axis) => (Number(size) > 0 ? Number(size) : axis ? 64 : 2))
  const [files, names] = [{ graph, weights: Uint8Array.from(bytes).buffer }, Object.keys(outputs)]
  const { input: x, values } = await compare(folder, files, shape, names)
  const plan = planOf(readGraph(files), shape, names)
  assert.ok(plan, `${folder} has no plan`)
  runPlan(plan, x).forEach((got, k) => {
    assertClose(got, values[k]!, `the plan of ${folder}, ${names[k]}`)
  })
  console.log(`${basename(dirname(folder))} ${basename(folder)}: ${plan.layers.length} layers`)
}
const covered = new Set(OPERATORS.map(({ op }) => op))
const untested = Object.keys(ops).filter((op) => !covered.has(op))
assert.deepEqual(untested, [], 'operators without a case')
console.log(`graphs alike: ${OPERATORS.length + models.length}`)
