import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import { type Call, kernel, type Op } from '../op.ts'

export const Identity: Op = { kernels: ['Identity'], run: (call) => kernel('Identity', { x: call.input(0) }) }

export const Reshape: Op = {
  kernels: ['Reshape'],
  run: (call) => kernel('Reshape', { x: call.input(0) }, { shape: call.constant(1) }),
}
export const Squeeze: Op = {
  kernels: ['Reshape'],
  run: (call) => {
    const x = call.input(0)
    const rank = x.shape.length
    const axes = call.attributes.ints('squeeze_dims').map((axis) => (axis + rank) % rank)
    const shape = x.shape.filter((side, axis) => (axes.length ? !axes.includes(axis) : side !== 1))
    return kernel('Reshape', { x }, { shape })
  },
}
export const ExpandDims: Op = {
  kernels: ['ExpandDims'],
  run: (call) => kernel('ExpandDims', { input: call.input(0) }, { dim: call.constant(1)[0] }),
}
export const Transpose: Op = {
  kernels: ['Transpose'],
  run: (call) => kernel('Transpose', { x: call.input(0) }, { perm: call.constant(1) }),
}
export const ConcatV2: Op = {
  kernels: ['Concat'],
  run: (call) => kernel('Concat', inputs(call, call.count - 1), { axis: call.constant(call.count - 1)[0] }),
}
export const Pack: Op = {
  kernels: ['Pack'],
  run: (call) => kernel('Pack', inputs(call, call.count), { axis: call.attributes.int('axis') }),
}
export const Unpack: Op = {
  kernels: ['Unpack'],
  run: (call) => kernel<Tensor[]>('Unpack', { value: call.input(0) }, { axis: call.attributes.int('axis') }),
}
export const Split: Op = {
  kernels: ['SplitV'],
  run: (call) => {
    const [axis, numOrSizeSplits] = [call.constant(0)[0], call.attributes.int('num_split', 1)]
    return kernel<Tensor[]>('SplitV', { x: call.input(1) }, { numOrSizeSplits, axis })
  },
}
export const SplitV: Op = {
  kernels: ['SplitV'],
  run: (call) => {
    const [numOrSizeSplits, axis] = [call.constant(1), call.constant(2)[0]]
    return kernel<Tensor[]>('SplitV', { x: call.input(0) }, { numOrSizeSplits, axis })
  },
}
export const Slice: Op = {
  kernels: ['Slice'],
  run: (call) => kernel('Slice', { x: call.input(0) }, { begin: call.constant(1), size: call.constant(2) }),
}
export const StridedSlice: Op = {
  kernels: ['StridedSlice'],
  run: (call) => {
    const { attributes } = call
    return kernel(
      'StridedSlice',
      { x: call.input(0) },
      {
        begin: call.constant(1),
        end: call.constant(2),
        strides: call.constant(3),
        beginMask: attributes.int('begin_mask'),
        endMask: attributes.int('end_mask'),
        ellipsisMask: attributes.int('ellipsis_mask'),
        newAxisMask: attributes.int('new_axis_mask'),
        shrinkAxisMask: attributes.int('shrink_axis_mask'),
      },
    )
  },
}
export const GatherV2: Op = {
  kernels: ['GatherV2'],
  run: (call) => {
    const [axis, batchDims] = [call.constant(2)[0], call.attributes.int('batch_dims')]
    return kernel('GatherV2', { x: call.input(0), indices: call.input(1) }, { axis, batchDims })
  },
}
export const Tile: Op = {
  kernels: ['Tile'],
  run: (call) => kernel('Tile', { x: call.input(0) }, { reps: call.constant(1) }),
}
export const Pad: Op = { kernels: ['PadV2'], run: (call) => padded(call, 0) }
export const PadV2: Op = { kernels: ['PadV2'], run: (call) => padded(call, call.constant(2)[0]) }
export const DepthToSpace: Op = {
  kernels: ['DepthToSpace'],
  run: (call) => {
    const { attributes } = call
    const [blockSize, dataFormat] = [attributes.int('block_size'), attributes.text('data_format', 'NHWC')]
    return kernel('DepthToSpace', { x: call.input(0) }, { blockSize, dataFormat })
  },
}
export const ResizeBilinear: Op = { kernels: ['ResizeBilinear'], run: (call) => resized('ResizeBilinear', call) }
export const ResizeNearestNeighbor: Op = {
  kernels: ['ResizeNearestNeighbor'],
  run: (call) => resized('ResizeNearestNeighbor', call),
}

function inputs(call: Call, count: number): Tensor[] {
  return Array.from({ length: count }, (_, index) => call.input(index))
}

function padded(call: Call, constantValue: number | undefined) {
  const flat = call.constant(1)
  const paddings = Array.from({ length: flat.length / 2 }, (_, axis) => flat.slice(2 * axis, 2 * axis + 2))
  return kernel('PadV2', { x: call.input(0) }, { paddings, constantValue })
}

function resized(name: string, call: Call) {
  const { attributes } = call
  const [alignCorners, halfPixelCenters] = [attributes.flag('align_corners'), attributes.flag('half_pixel_centers')]
  return kernel(name, { images: call.input(0) }, { size: call.constant(1), alignCorners, halfPixelCenters })
}
