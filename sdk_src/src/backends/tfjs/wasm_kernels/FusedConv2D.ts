import { fusedConv2DConfig as original } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D'
import type { TensorInfo } from '@tensorflow/tfjs-core/dist/tensor_info'
import { type Attributes, faster, type Inputs } from './convolution.ts'
import type { KernelArguments } from './heap.ts'

type Kernel = (call: KernelArguments<Inputs, Attributes>) => TensorInfo

/** Pointwise convolutions and the first layer; others are TensorFlow.js's. */
export const fusedConv2DConfig = {
  ...original,
  kernelFunc: faster(
    original.kernelFunc as unknown as Kernel,
    (convolution, call, info) => convolution.dense(call, info),
    false,
  ),
}
