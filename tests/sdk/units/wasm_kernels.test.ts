/** The kernels of ours for WASM, on a heap that is a plain array. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { depthToSpaceConfig } from '../../../sdk_src/src/backends/tfjs/wasm_kernels/DepthToSpace.ts'
import { gatherV2Config } from '../../../sdk_src/src/backends/tfjs/wasm_kernels/GatherV2.ts'

interface Info {
  shape: number[]
  dtype: 'float32' | 'int32'
  dataId: { at: number }
}

const size = (shape: number[]) => shape.reduce((product, side) => product * side, 1)

/** As much of TensorFlow.js's backend as the kernels ask for. */
function fakeBackend() {
  const buffer = new ArrayBuffer(1 << 16)
  let end = 12 // no tensor begins where the heap does
  const view = ({ shape, dtype, dataId }: Info) =>
    new (dtype === 'float32' ? Float32Array : Int32Array)(buffer, dataId.at, size(shape))
  const makeOutput = (shape: number[], dtype: Info['dtype']): Info => {
    const info = { shape, dtype, dataId: { at: end } }
    end += size(shape) * 4
    return info
  }
  const tensors: Info[] = []
  const tensor = (shape: number[], values: number[], dtype: Info['dtype'] = 'float32') => {
    const info = makeOutput(shape, dtype)
    view(info).set(values)
    tensors.push(info)
    return info
  }
  const readSync = (dataId: object) => view(tensors.find((info) => info.dataId === dataId)!)
  return {
    tensor,
    values: (info: Info) => Array.from(view(info)),
    backend: { typedArrayFromHeap: view, makeOutput, readSync },
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, k) => k + 0.5)
const run = ({ kernelFunc }: { kernelFunc: unknown }, inputs: object, attrs: object, backend: object) =>
  (kernelFunc as (call: object) => Info)({ inputs, attrs, backend })

test('rows are gathered along an axis, for each table by itself where there are several', () => {
  const { tensor, values, backend } = fakeBackend()
  const x = tensor([2, 3, 2], numbers(12))
  const along = (axis: number, indices: Info, batchDims = 0) =>
    run(gatherV2Config, { x, indices }, { axis, batchDims }, backend)
  const rows = along(1, tensor([2], [2, 0], 'int32'))
  assert.deepEqual(rows.shape, [2, 2, 2])
  assert.deepEqual(values(rows), [4.5, 5.5, 0.5, 1.5, 10.5, 11.5, 6.5, 7.5])
  const first = along(0, tensor([1, 3], [1, 0, 1], 'int32'))
  assert.deepEqual(first.shape, [1, 3, 3, 2])
  assert.deepEqual(values(first), [...numbers(12).slice(6), ...numbers(12).slice(0, 6), ...numbers(12).slice(6)])
  const last = along(2, tensor([1], [1], 'int32'))
  assert.deepEqual(values(last), [1.5, 3.5, 5.5, 7.5, 9.5, 11.5])
  const each = along(1, tensor([2, 1], [1, 2], 'int32'), 1)
  assert.deepEqual(each.shape, [2, 1, 2])
  assert.deepEqual(values(each), [2.5, 3.5, 10.5, 11.5])
})

test('an index outside the table is refused', () => {
  const { tensor, backend } = fakeBackend()
  const x = tensor([3, 2], numbers(6))
  for (const wrong of [3, -1])
    assert.throws(
      () => run(gatherV2Config, { x, indices: tensor([2], [0, wrong], 'int32') }, { axis: 0, batchDims: 0 }, backend),
      new RegExp(`the index ${wrong} is not in 0 to 2`),
    )
})

test('depth becomes space as TensorFlow has it', () => {
  const { tensor, values, backend } = fakeBackend()
  const [batch, height, width, channels, block] = [2, 2, 3, 2, 2]
  const shape = [batch, height, width, channels * block * block]
  const x = tensor(shape, numbers(size(shape)))
  const out = run(depthToSpaceConfig, { x }, { blockSize: block, dataFormat: 'NHWC' }, backend)
  assert.deepEqual(out.shape, [batch, height * block, width * block, channels])
  const expected: number[] = []
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height * block; y++)
      for (let column = 0; column < width * block; column++)
        for (let c = 0; c < channels; c++) {
          const cell = (n * height + Math.floor(y / block)) * width + Math.floor(column / block)
          const depth = ((y % block) * block + (column % block)) * channels + c
          expected.push(cell * channels * block * block + depth + 0.5)
        }
  assert.deepEqual(values(out), expected)
})
