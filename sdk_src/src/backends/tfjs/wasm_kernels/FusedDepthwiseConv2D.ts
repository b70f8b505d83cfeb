import { fusedDepthwiseConv2DConfig as original } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedDepthwiseConv2D'
import { faster } from './convolution.ts'

/** Filters of 3 x 3 and 5 x 5 over four channels and more; others are TensorFlow.js's. */
export const fusedDepthwiseConv2DConfig = faster(
  original,
  (convolution, call, info) => convolution.depthwise(call, info),
  true,
)
