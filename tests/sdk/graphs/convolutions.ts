/** Convolutions of ours for WASM against plain loops, for every browser and with relaxed SIMD. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { computeConv2DInfo } from '@tensorflow/tfjs-core/dist/ops/conv_util'
import {
  type Attributes,
  faster,
  useConvolutions,
  type WasmModule,
} from '../../../sdk_src/src/backends/tfjs/wasm_kernels/convolution.ts'

type Shape = [number, number, number, number]

/** The folder of the built modules. */
const DIST = process.env.LUNULA_DIST!
/** Rounding differs: fused multiply-adds, and another order. */
const TOLERANCE = 1e-5

let end = 64
const memory = new WebAssembly.Memory({ initial: 1024 })
const heap = () => new Float32Array(memory.buffer)
const wasm: WasmModule = {
  asm: { memory },
  _free: () => {},
  _malloc: (bytes) => {
    const at = end
    end += Math.ceil(bytes / 16) * 16
    return at
  },
}

interface Info {
  shape: number[]
  dtype: 'float32'
  dataId: { at: number }
}
const size = (shape: number[]) => shape.reduce((product, side) => product * side, 1)
const makeOutput = (shape: number[]): Info => {
  const floats = size(shape)
  const at = wasm._malloc(floats * 4 + 64)
  heap().fill(Number.NaN, at / 4, at / 4 + floats + 16) // what is written beyond the end shows
  return { shape, dtype: 'float32', dataId: { at } }
}
const values = ({ shape, dataId }: Info) => heap().slice(dataId.at / 4, dataId.at / 4 + size(shape))
const tensor = (shape: number[], seed: number): Info => {
  const info = makeOutput(shape)
  heap().set(
    Array.from({ length: size(shape) }, (_, k) => 3 * Math.sin(k * 1.7 + seed)),
    info.dataId.at / 4,
  )
  return info
}
const backend = { wasm, makeOutput, dataIdMap: { get: ({ at }: { at: number }) => ({ memoryOffset: at }) } }

/** The sum over taps, straight from the definition. */
function plain(x: Info, filter: Info, bias: Info | undefined, attrs: Attributes, depthwise: boolean): number[] {
  const info = computeConv2DInfo(
    x.shape as Shape,
    filter.shape as Shape,
    attrs.strides,
    attrs.dilations,
    attrs.pad as 'same',
    undefined,
    depthwise,
  )
  const { batchSize, outHeight, outWidth, outChannels, inHeight, inWidth, inChannels, filterHeight, filterWidth } = info
  const [input, weights, biases] = [values(x), values(filter), bias && values(bias)]
  const [low, high] = { linear: [-1e9, 1e9], relu: [0, 1e9], relu6: [0, 6] }[attrs.activation]!
  const out: number[] = []
  for (let n = 0; n < batchSize; n++)
    for (let y = 0; y < outHeight; y++)
      for (let at = 0; at < outWidth; at++)
        for (let c = 0; c < outChannels; c++) {
          let sum = biases ? biases[c]! : 0
          for (let down = 0; down < filterHeight; down++)
            for (let right = 0; right < filterWidth; right++) {
              const row = y * info.strideHeight - info.padInfo.top + down
              const column = at * info.strideWidth - info.padInfo.left + right
              if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue
              const pixel = ((n * inHeight + row) * inWidth + column) * inChannels
              const tap = down * filterWidth + right
              if (depthwise) sum += input[pixel + c]! * weights[tap * inChannels + c]!
              else
                for (let k = 0; k < inChannels; k++)
                  sum += input[pixel + k]! * weights[(tap * inChannels + k) * outChannels + c]!
            }
          out.push(Math.min(Math.max(sum, low!), high!))
        }
  return out
}

const refused = {
  kernelName: 'refused',
  backendName: 'wasm',
  kernelFunc: () => {
    throw new Error('left to TensorFlow.js')
  },
}
const { kernelFunc: dense } = faster(refused, (convolution, call, info) => convolution.dense(call, info))
const { kernelFunc: depthwise } = faster(refused, (convolution, call, info) => convolution.depthwise(call, info), true)

const attributes = (stride: number, activation: string, pad: Attributes['pad'] = 'same'): Attributes => ({
  strides: [stride, stride],
  dilations: [1, 1],
  pad,
  dataFormat: 'NHWC',
  activation,
})

function compare(shape: Shape, filterShape: Shape, attrs: Attributes, withBias = true) {
  const isDepthwise = filterShape[3] === 1 && filterShape[2] === shape[3] && filterShape[0] > 1
  const [x, filter] = [tensor(shape, 1), tensor(filterShape, 2)]
  const bias = withBias ? tensor([isDepthwise ? filterShape[2] : filterShape[3]], 3) : undefined
  const inputs = { x, filter, ...(bias && { bias }) } as never
  const call = { inputs, attrs, backend } as never
  const out = (isDepthwise ? depthwise(call) : dense(call)) as unknown as Info
  const expected = plain(x, filter, bias, attrs, isDepthwise)
  const got = values(out)
  const scale = Math.max(1, ...expected.map(Math.abs))
  assert.equal(got.length, expected.length)
  const worst = got.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k]!)), 0)
  assert.ok(worst <= TOLERANCE * scale, `${shape} * ${filterShape}: off by ${worst} of ${scale}`)
  assert.ok(
    heap()
      .slice(out.dataId.at / 4 + got.length, out.dataId.at / 4 + got.length + 16)
      .every(Number.isNaN),
  )
}

const explicit = (top: number, bottom: number): number[][] => [
  [0, 0],
  [top, bottom],
  [top, bottom],
  [0, 0],
]

for (const name of ['', '_relaxed']) {
  const bytes = readFileSync(join(DIST, `lunula_convolution${name}.wasm`))
  // Node 20 has relaxed SIMD behind a flag, which test_wasm_convolutions.py sets.
  test(`convolutions${name} give what plain loops give`, async () => {
    await useConvolutions(await WebAssembly.compile(bytes), wasm)
    // Rows and columns that fill no tile: 4 rows by 8 columns.
    for (const columns of [1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 60])
      for (const [side, depth] of [
        [1, 5],
        [3, 24],
        [5, 3],
      ] as const)
        compare([2, side, side, depth], [1, 1, depth, columns], attributes(1, 'relu6'))
    compare([1, 4, 4, 12], [1, 1, 12, 9], attributes(1, 'linear'), false)
    compare([1, 4, 4, 12], [1, 1, 12, 9], attributes(1, 'relu'))
    for (const filter of [3, 5])
      for (const stride of [1, 2])
        for (const [height, width, channels] of [
          [4, 4, 12],
          [8, 7, 4],
          [2, 1, 8],
          [5, 10, 6],
          [6, 6, 63],
          [1, 3, 4],
        ] as const) {
          compare([2, height, width, channels], [filter, filter, channels, 1], attributes(stride, 'relu6'))
          const sides = explicit(filter >> 1, filter >> 1)
          compare(
            [1, height, width, channels],
            [filter, filter, channels, 1],
            attributes(stride, 'linear', sides),
            false,
          )
        }
    for (const stride of [1, 2])
      for (const columns of [5, 16])
        for (const [height, width] of [
          [8, 8],
          [7, 5],
          [2, 3],
        ] as const)
          compare([2, height, width, 3], [3, 3, 3, columns], attributes(stride, 'relu6', explicit(1, 1)))
  })
}

test('what there is no way for is left to TensorFlow.js', () => {
  const refuses = (shape: Shape, filter: Shape, attrs: Attributes, message = /left to TensorFlow/) =>
    assert.throws(() => compare(shape, filter, attrs), message)
  refuses([1, 4, 4, 3], [3, 3, 3, 1], attributes(3, 'relu6'))
  refuses([1, 4, 4, 2], [5, 5, 2, 1], attributes(1, 'relu6')) // few channels
  refuses([1, 4, 4, 8], [3, 3, 8, 5], attributes(1, 'relu6')) // many channels
  refuses([1, 4, 4, 8], [1, 1, 8, 5], attributes(2, 'relu6'))
  refuses([1, 4, 4, 8], [1, 1, 8, 5], attributes(1, 'sigmoid'))
  refuses([1, 8, 8, 4], [3, 3, 4, 1], { ...attributes(1, 'relu6'), dilations: [2, 2] })
})

test('tensors of another module than the one that is worked on are left to TensorFlow.js', () => {
  const inputs = { x: tensor([1, 2, 2, 4], 1), filter: tensor([1, 1, 4, 4], 2) }
  const other = { ...backend, wasm: { ...wasm } }
  const attrs = attributes(1, 'relu6')
  assert.throws(() => dense({ inputs, attrs, backend: other } as never), /left to TensorFlow.js/)
})
