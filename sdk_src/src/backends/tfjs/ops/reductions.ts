import { kernel, type Op } from '../op.ts'

export const Mean = reduction('Mean')
export const Sum = reduction('Sum')
export const Prod = reduction('Prod')
export const Min = reduction('Min')
export const Max = reduction('Max', 'reductionIndices')

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
