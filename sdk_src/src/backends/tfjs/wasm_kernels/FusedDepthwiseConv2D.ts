import { fusedDepthwiseConv2DConfig as original } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedDepthwiseConv2D'
import type { TensorInfo } from '@tensorflow/tfjs-core/dist/tensor_info'
import { type Attributes, faster, type Inputs } from './convolution.ts'
import type { KernelArguments } from './heap.ts'

type Kernel = (call: KernelArguments<Inputs, Attributes>) => TensorInfo

/** Filters of 3 x 3 and 5 x 5 over four channels and more; others are TensorFlow.js's. */
export const fusedDepthwiseConv2DConfig = {
  ...original,
  kernelFunc: faster(
    original.kernelFunc as unknown as Kernel,
    (convolution, call, info) => convolution.depthwise(call, info),
    true,
  ),
}
