/** A graph as fused layers: what goes into which layer, and what they compute. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from '../../../sdk_src/src/backends/gpu/plan.ts'
import type { GraphDef, NodeDef } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'
import { expectedAnswer, holdAnswer, SMALL_GRAPH } from '../../../sdk_src/src/backends/tfjs/probe_answer.ts'
import { runPlan } from '../graphs/plain_plan.ts'

const { shape, x, conv, depthwise, pointwise } = SMALL_GRAPH
const [side, channels] = shape
const INPUT = [1, side, side, channels]
const LAYER = { padding: { s: btoa('SAME') }, strides: { list: { i: ['1', '1', '1', '1'] } } }

/** The probe's graph as a file of TensorFlow.js would have it, and nodes more. */
function graphWith(...more: NodeDef[]): GraphDef {
  const relu6 = { ...LAYER, fused_ops: { list: { s: [btoa('Relu6')] } } }
  const nodes: NodeDef[] = [
    { name: 'x', op: 'Placeholder' },
    { name: 'a', op: '_FusedConv2D', input: ['x', 'conv'], attr: relu6 },
    { name: 'b', op: 'DepthwiseConv2dNative', input: ['a', 'depthwise'], attr: LAYER },
    { name: 'sum', op: 'AddV2', input: ['x', 'b:0'] },
    { name: 'c', op: 'Conv2D', input: ['sum', 'pointwise'], attr: LAYER },
    { name: 'y', op: 'DepthToSpace', input: ['c'], attr: { block_size: { i: '2' } } },
    ...more,
  ]
  const constant = (values: Float32Array | Int32Array, ...sides: number[]) =>
    ({ values, shape: sides, dtype: values instanceof Int32Array ? 'int32' : 'float32' }) as const
  const constants = new Map([
    ['conv', constant(conv, 3, 3, channels, channels)],
    ['depthwise', constant(depthwise, 3, 3, channels, 1)],
    ['pointwise', constant(pointwise, 1, 1, channels, 4)],
    ['image', constant(Int32Array.of(1, 2), 2)],
    ['rows', constant(Int32Array.of(1), 1)],
  ])
  for (const name of constants.keys()) nodes.push({ name, op: 'Const' })
  return { nodes: new Map(nodes.map((node) => [node.name, node])), constants }
}

test('a sum and depth-to-space go into the layers before them', () => {
  const plan = planOf(graphWith(), INPUT, ['y'])!
  const layers = plan.layers.map((layer) => (layer.kind === 'mean' ? [] : [layer.add, layer.block, layer.activation]))
  assert.deepEqual(layers, [
    [undefined, 1, 'relu6'],
    [0, 1, 'linear'],
    [undefined, 2, 'linear'],
  ])
  assert.deepEqual(plan.shapes[3], { batch: 1, height: 2 * side, width: 2 * side, channels: 1 })
  assert.deepEqual(plan.lastUse, [1, 1, 2, 3])
  holdAnswer(runPlan(plan, x)[0]!, expectedAnswer(SMALL_GRAPH))
})

test('the later of two layers takes their sum; the earlier, moved behind it, where the later is read elsewhere', () => {
  const depth = (name: string): NodeDef => ({
    name,
    op: 'DepthwiseConv2dNative',
    input: ['x', 'depthwise'],
    attr: LAYER,
  })
  const both = graphWith(depth('p'), depth('q'), { name: 'z', op: 'AddV2', input: ['q', 'p'] })
  const adds = (outputs: string[]) => {
    const plan = planOf(both, INPUT, outputs)!
    return plan.layers.map((layer) => ('add' in layer ? layer.add : undefined))
  }
  assert.deepEqual(adds(['z']), [undefined, 1])
  assert.deepEqual(adds(['p', 'z']), [undefined, 1])
  assert.deepEqual(adds(['z', 'p']), [undefined, 2])
  const [once] = runPlan(planOf(both, INPUT, ['p'])!, x)
  for (const outputs of [['z'], ['p', 'z'], ['q', 'z']]) {
    const sum = runPlan(planOf(both, INPUT, outputs)!, x).at(-1)!
    assert.deepEqual(
      Array.from(sum),
      Array.from(once!, (value) => Math.fround(2 * value)),
    )
  }
})

test('a filter is the same object in the plans of all sizes', () => {
  const graph = graphWith()
  const plans = [8, 16].map((size) => planOf(graph, [2, size, size, channels], ['y'])!)
  const [filters, biases] = (['filter', 'bias'] as const).map((name) =>
    plans.map(({ layers }) => layers.map((layer) => layer.kind !== 'mean' && layer[name])),
  )
  filters![0]!.forEach((filter, at) => {
    assert.equal(filter, filters![1]![at])
    assert.equal(biases![0]![at], biases![1]![at])
  })
})

test('a mean over the image is a layer', () => {
  const mean = { name: 'm', op: 'Mean', input: ['y', 'image'] }
  const plan = planOf(graphWith(mean), INPUT, ['m'])!
  const expected = expectedAnswer(SMALL_GRAPH)
  const average = expected.reduce((sum, value) => sum + value, 0) / expected.length
  assert.ok(Math.abs(runPlan(plan, x)[0]![0]! - average) < 1e-6)
})

test('what no layer stands for has no plan', () => {
  const without: NodeDef[] = [
    { name: 'z', op: 'Softmax', input: ['y'] },
    { name: 'z', op: 'Mean', input: ['y', 'rows'] },
    { name: 'z', op: 'AddV2', input: ['y', 'y'] },
    { name: 'z', op: 'AddV2', input: ['y', 'x'] },
    { name: 'z', op: 'Relu6', input: ['x'] },
    { name: 'z', op: 'DepthToSpace', input: ['sum'], attr: { block_size: { i: '2' } } },
    { name: 'z', op: 'Conv2D', input: ['y', 'pointwise'], attr: LAYER },
    { name: 'z', op: 'Conv2D', input: ['x', 'y'], attr: LAYER },
  ]
  for (const node of without) assert.equal(planOf(graphWith(node), INPUT, ['z', 'y']), undefined, JSON.stringify(node))
})
