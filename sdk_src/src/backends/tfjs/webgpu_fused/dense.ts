import type { DenseParams } from '../fused/dense.ts'
import type { Call, Op } from '../op.ts'
import { ACTIVATIONS, run, sizeOf } from './program.ts'

/** A linear layer, one output each. The square of each token is summed beside the product. */
export const _Dense: Op = {
  kernels: [],
  run(call: Call) {
    const { epsilon, positioned, residual, activation, shape } = call.params as DenseParams
    const [X, W, B] = [call.input(0), call.input(1), call.input(2)]
    const [inside, outside] = W.shape as [number, number]
    const rest = residual ? call.input(call.count - 1) : undefined
    const rows = sizeOf(X.shape) / inside
    const inputs = { X, W, B, ...(positioned && { P: call.input(3) }), ...(rest && { R: rest }) }
    const body = `
  let row = index / ${outside};
  let column = index - row * ${outside};
  let start = row * ${inside};
  var sum = 0.0;
  var squares = 0.0;
  for (var k = 0; k < ${inside}; k++) {
    let x = X[start + k];
    sum += x * W[k * ${outside} + column];
    ${epsilon === undefined ? '' : 'squares += x * x;'}
  }
  ${epsilon === undefined ? '' : `sum *= inverseSqrt(squares / ${inside}.0 + ${epsilon.toExponential()});`}
  ${
    positioned
      ? `if (column < ${positioned}) {
    for (var k = 0; k < ${inside}; k++) { sum += P[start + k] * W[k * ${outside} + column]; }
  }`
      : ''
  }
  sum += B[column];
  result[index] = ${ACTIVATIONS[activation]}${rest ? ' + R[index]' : ''};`
    return run('dense', inputs, rest?.shape ?? shape ?? [rows, outside], rows * outside, { body })
  },
}
