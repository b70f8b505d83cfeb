import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import { kernel, type Op } from '../op.ts'

export const Mean = reduction('Mean')
export const Sum = reduction('Sum')
export const Prod = reduction('Prod')
export const Min = reduction('Min')
export const Max = reduction('Max', 'reductionIndices')

export const ArgMax: Op = {
  kernels: ['ArgMax'],
  run: (call) => kernel('ArgMax', { x: call.input(0) }, { axis: call.constant(1)[0] }),
}
/** The largest values of each row, and their places. */
export const TopKV2: Op = {
  kernels: ['TopK'],
  run: (call) => {
    const [k, sorted] = [call.constant(1)[0], call.attributes.flag('sorted')]
    return kernel<Tensor[]>('TopK', { x: call.input(0) }, { k, sorted })
  },
}

export const Softmax: Op = {
  kernels: ['Softmax'],
  run: (call) => {
    const logits = call.input(0)
    return kernel('Softmax', { logits }, { dim: logits.shape.length - 1 })
  },
}

/* @__NO_SIDE_EFFECTS__ */
function reduction(name: string, axes = 'axis'): Op {
  return {
    kernels: [name],
    run: (call) =>
      kernel(name, { x: call.input(0) }, { [axes]: call.constant(1), keepDims: call.attributes.flag('keep_dims') }),
  }
}
