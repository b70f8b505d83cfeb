/** Fused operators: what takes the place of which sub-graph, and what the end of a graph computes in JavaScript. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { convolutionRules } from '../../../sdk_src/src/backends/tfjs/fused/convolution.ts'
import { denseRules } from '../../../sdk_src/src/backends/tfjs/fused/dense.ts'
import { any, number, op, Subject, view } from '../../../sdk_src/src/backends/tfjs/fused/pattern.ts'
import { rewrite } from '../../../sdk_src/src/backends/tfjs/fused/rewrite.ts'
import { Tail } from '../../../sdk_src/src/backends/tfjs/fused/tail.ts'
import { type GraphDef, type NodeDef, nodesInOrder } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'

type Values = Record<string, { shape: number[]; values: Float32Array | Int32Array }>

function graphOf(nodes: NodeDef[], values: Values): GraphDef {
  const constants = Object.entries(values).map(
    ([name, { shape, values }]) =>
      [name, { shape, values, dtype: values instanceof Int32Array ? 'int32' : 'float32' }] as const,
  )
  const all = [...nodes, ...constants.map(([name]): NodeDef => ({ name, op: 'Const' }))]
  return { nodes: new Map(all.map((node) => [node.name, node])), constants: new Map(constants) }
}

const floats = (shape: number[], ...values: number[]) => ({ shape, values: Float32Array.from(values) })
const ints = (...values: number[]) => ({ shape: [values.length], values: Int32Array.from(values) })
const zeros = (...shape: number[]) => ({ shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)) })
const fusedOps = (...names: string[]) => ({ list: { s: names.map((name) => btoa(name)) } })

/** x + relu(norm(x) W1 + b1) W2 + b2, as TensorFlow's optimizer leaves it. */
const FEED_FORWARD = graphOf(
  [
    { name: 'x', op: 'Placeholder' },
    { name: 'square', op: 'Square', input: ['x'] },
    { name: 'mean', op: 'Mean', input: ['square', 'last'], attr: { keep_dims: { b: true } } },
    { name: 'shifted', op: 'AddV2', input: ['mean', 'epsilon'] },
    { name: 'inverse', op: 'Rsqrt', input: ['shifted'] },
    { name: 'norm', op: 'Mul', input: ['inverse', 'x'] },
    { name: 'rows', op: 'Reshape', input: ['norm', 'flat'] },
    { name: 'wide', op: '_FusedMatMul', input: ['rows', 'w1', 'b1'], attr: { fused_ops: fusedOps('BiasAdd', 'Relu') } },
    { name: 'narrow', op: '_FusedMatMul', input: ['wide', 'w2', 'b2'], attr: { fused_ops: fusedOps('BiasAdd') } },
    { name: 'tokens', op: 'Reshape', input: ['narrow', 'shape'] },
    { name: 'y', op: 'AddV2', input: ['tokens', 'x'] },
  ],
  {
    last: floats([], -1),
    epsilon: floats([], 1e-5),
    flat: ints(-1, 4),
    shape: ints(1, 3, 4),
    w1: zeros(4, 8),
    b1: zeros(8),
    w2: zeros(8, 4),
    b2: zeros(4),
  },
)

test('a feed-forward block becomes two products', () => {
  const fused = nodesInOrder(rewrite(FEED_FORWARD, denseRules), ['y'])
  assert.deepEqual(
    fused.map(({ op, input }) => [op, input]),
    [
      ['_Dense', ['x', 'w1', 'b1']],
      ['_Dense', ['wide', 'w2', 'b2', 'x']],
    ],
  )
  const [wide, narrow] = fused.map(({ params }) => params)
  assert.deepEqual(wide, { epsilon: Math.fround(1e-5), positioned: 0, residual: false, activation: 'relu' })
  assert.deepEqual(narrow, { epsilon: undefined, positioned: 0, residual: true, activation: 'linear' })
})

test('no rule, no change', () => {
  const nodes = (graph: GraphDef) => nodesInOrder(graph, ['y']).map(({ name }) => name)
  assert.deepEqual(nodes(rewrite(FEED_FORWARD, [])), nodes(FEED_FORWARD))
})

test('a residual goes into the convolution that has no activation of its own', () => {
  const attr = { strides: { list: { i: ['1', '1', '1', '1'] } }, explicit_paddings: { list: { i: [...'00111100'] } } }
  const graph = graphOf(
    [
      { name: 'x', op: 'Placeholder' },
      {
        name: 'a',
        op: '_FusedConv2D',
        input: ['x', 'f', 'b'],
        attr: { ...attr, fused_ops: fusedOps('BiasAdd', 'Relu6') },
      },
      { name: 'c', op: '_FusedConv2D', input: ['a', 'f', 'b'], attr: { ...attr, fused_ops: fusedOps('BiasAdd') } },
      { name: 'y', op: 'AddV2', input: ['a', 'c'] },
    ],
    { f: zeros(3, 3, 4, 4), b: zeros(4) },
  )
  const fused = nodesInOrder(rewrite(graph, convolutionRules), ['y'])
  assert.deepEqual(
    fused.map(({ op, input }) => [op, input]),
    [
      ['_Convolution', ['x', 'f', 'b']],
      ['_Convolution', ['a', 'f', 'b', 'a']],
    ],
  )
})

test('patterns see through reshapes, take sums in either order, and hold a name to one value', () => {
  const graph = new Subject(FEED_FORWARD.nodes, new Map(FEED_FORWARD.constants))
  const sum = op('AddV2', any('x'), view(any('product')))
  assert.deepEqual(sum(graph, 'y', {}), { x: 'tokens', product: 'x' })
  assert.deepEqual(op('AddV2', view(op('_FusedMatMul', any('a'), any('w'), any('b'))), any('x'))(graph, 'y', {}), {
    a: 'wide',
    w: 'w2',
    b: 'b2',
    x: 'x',
  })
  assert.equal(op('AddV2', any('same'), any('same'))(graph, 'y', {}), undefined)
  assert.deepEqual(op('AddV2', op('Mean', any('of'), any('axis')), number(1e-5))(graph, 'shifted', {}), {
    of: 'square',
    axis: 'last',
  })
})

test('slices and sums at the end are computed from what is read back', () => {
  const slice = (name: string, from: string, begin: string, end: string, masks: number): NodeDef => ({
    name,
    op: 'StridedSlice',
    input: [from, begin, end, 'steps'],
    attr: { begin_mask: { i: masks }, end_mask: { i: masks } },
  })
  const graph = graphOf(
    [
      { name: 'boxes', op: 'Sigmoid', input: ['x'] },
      { name: 'x', op: 'Placeholder' },
      slice('centers', 'boxes', 'first', 'second', 1),
      slice('last', 'centers', 'tail', 'second', 2),
      { name: 'moved', op: 'AddV2', input: ['last', 'shift'] },
      { name: 'y', op: 'Mul', input: ['two', 'moved'] },
    ],
    {
      first: ints(0, 0),
      second: ints(3, 2),
      tail: ints(-1, 0),
      steps: ints(1, 1),
      shift: floats([2], 1, 2),
      two: floats([], 2),
    },
  )
  const tail = new Tail(graph)
  assert.deepEqual(tail.sources('y'), ['boxes'])
  assert.deepEqual(tail.sources('boxes'), ['boxes'])
  const boxes = { shape: [3, 4], values: Float32Array.from({ length: 12 }, (_, at) => at) }
  const { shape, values } = tail.compute('y', new Map([['boxes', boxes]]))
  assert.deepEqual(
    [shape, Array.from(values)],
    [
      [1, 2],
      [18, 22],
    ],
  )
})
