/** RT-DETR's images on WebGL: how filters lie, and where a graph's images are tensors. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GraphDef, type NodeDef, nodesInOrder } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'
import { withImages } from '../../../sdk_src/src/backends/tfjs/webgl_fused/images/nodes.ts'
import { halvesOf } from '../../../sdk_src/src/backends/tfjs/webgl_fused/images/weights.ts'

function fromHalf(bits: number): number {
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023]
  const size = exponent ? 2 ** (exponent - 15) * (1 + mantissa / 1024) : 2 ** -24 * mantissa
  return bits & 0x8000 ? -size : size
}

test('a filter lies by taps, fours of inputs and fours of outputs, to the nearest half', () => {
  const [taps, inside, outside] = [9, 3, 8]
  const values = Float32Array.from({ length: taps * inside * outside }, (_, i) => Math.sin(i) * 2 ** ((i % 40) - 28))
  const { width, height, texels } = halvesOf(values, [inside, outside])
  assert.deepEqual([width, height, texels.length], [4, taps, 4 * taps * 4])
  const halves = new Uint16Array(texels.buffer)
  values.forEach((value, at) => {
    const out = at % outside
    const channel = Math.floor(at / outside) % inside
    const tap = Math.floor(at / outside / inside)
    const got = fromHalf(halves[tap * width * 8 + (out >> 2) * 16 + channel * 4 + (out & 3)]!)
    assert.ok(Math.abs(got - value) <= Math.max(Math.abs(value) * 2 ** -11, 2 ** -25), `${value} became ${got}`)
  })
  assert.equal(halves[12], 0) // the fourth channel
})

test('images go from operator to operator in strips, and are tensors only where others read them', () => {
  const nodes: NodeDef[] = [
    { name: 'x', op: 'Placeholder' },
    { name: 'a', op: '_Convolution', input: ['x', 'f', 'b'] },
    { name: 'c', op: '_Convolution', input: ['a', 'f', 'b', 'a'] },
    { name: 'd', op: 'Relu', input: ['c'] },
    { name: 'e', op: '_Up', input: ['d', 'f', 'b', 'c'] },
    ...['f', 'b'].map((name): NodeDef => ({ name, op: 'Const' })),
  ]
  const graph: GraphDef = { nodes: new Map(nodes.map((node) => [node.name, node])), constants: new Map() }
  const images = withImages(graph)
  assert.ok(images.nodes.get('x')!.params) // given as it lies on the device
  assert.deepEqual(
    nodesInOrder(images, ['e']).map(({ name, op, input }) => [name, op, input]),
    [
      ['a/strips', '_Convolution', ['x', 'f', 'b']],
      ['c/strips', '_Convolution', ['a/strips', 'f', 'b', 'a/strips']],
      ['c', '_ToTensor', ['c/strips']],
      ['d', 'Relu', ['c']],
      ['d/strips', '_ToStrips', ['d']],
      ['e/strips', '_Up', ['d/strips', 'f', 'b', 'c/strips']],
      ['e', '_ToTensor', ['e/strips']],
    ],
  )
})
