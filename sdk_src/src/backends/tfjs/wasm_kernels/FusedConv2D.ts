import { fusedConv2DConfig as original } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D'
import { faster } from './convolution.ts'

/** Pointwise convolutions and the first layer; others are TensorFlow.js's. */
export const fusedConv2DConfig = faster(original, (convolution, call, info) => convolution.dense(call, info))
