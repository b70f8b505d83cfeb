import { fusion } from '../fusion.ts'
import { kernel, type Op } from '../op.ts'

export const MatMul = product('transpose_a', 'transpose_b')
export const BatchMatMul = product('adj_x', 'adj_y')
export const BatchMatMulV2 = product('adj_x', 'adj_y')

/** TensorFlow.js's kernel takes batches of matrices only. */
export const _FusedMatMul: Op = {
  kernels: ['_FusedMatMul', 'Reshape'],
  run: (call) => {
    const { attributes } = call
    const { bias, activation } = fusion(attributes)
    const transposeA = attributes.flag('transpose_a')
    const transposeB = attributes.flag('transpose_b')
    const [first, second] = [call.input(0), call.input(1)]
    const rows = first.shape[transposeA ? 1 : 0]!
    const columns = second.shape[transposeB ? 0 : 1]!
    const a = reshaped(first, [1, ...first.shape])
    const b = reshaped(second, [1, ...second.shape])
    const inputs = { a, b, ...(bias && { bias: call.input(2) }) }
    const leakyreluAlpha = attributes.float('leakyrelu_alpha', 0.2)
    const result = kernel('_FusedMatMul', inputs, { transposeA, transposeB, activation, leakyreluAlpha })
    const matrix = reshaped(result, [rows, columns])
    for (const each of [a, b, result]) each.dispose()
    return matrix
  },
}

/* @__NO_SIDE_EFFECTS__ */
function product(first: string, second: string): Op {
  return {
    kernels: ['BatchMatMul'],
    run: (call) => {
      const flags = { transposeA: call.attributes.flag(first), transposeB: call.attributes.flag(second) }
      return kernel('BatchMatMul', { a: call.input(0), b: call.input(1) }, flags)
    },
  }
}

function reshaped(x: object, shape: number[]) {
  return kernel('Reshape', { x }, { shape })
}
