import type { DenseParams } from '../fused/dense.ts'
import type { Call, Op } from '../op.ts'
import { ACTIVATIONS, half, run, tokens } from './program.ts'

/** A linear layer. The square of each token is summed beside the product, so that its norm costs no pass of its own. */
export const _Dense: Op = {
  kernels: [],
  run(call: Call) {
    const { epsilon, positioned, residual, activation, shape, image } = call.params as DenseParams
    const [x, weights, bias] = [call.input(0), call.input(1), call.input(2)]
    const [inside, outside] = weights.shape as [number, number]
    const position = positioned > 0 ? call.input(3) : undefined
    const rest = residual ? call.input(call.count - 1) : undefined
    const [K, N] = [half(inside), half(outside)]
    const inputs = {
      X: tokens(x, inside),
      W: { tensor: weights, shape: weights.shape },
      B: { tensor: bias, shape: bias.shape },
      ...(position && { P: tokens(position, inside) }),
      ...(rest && { R: tokens(rest, outside) }),
    }
    const rows = inputs.X.shape[0]!
    const output = rest?.shape ?? shape ?? (image ? [...x.shape.slice(0, -1), outside] : [rows, outside])
    // Norms and positions are of the tokens; columns without position are left out of the second product by a branch.
    const code = `
vec4 result(ivec2 at) {
  vec4 sum = vec4(0);
  ${epsilon === undefined ? '' : 'vec2 squares = vec2(0);'}
  ${position ? `vec4 placed = vec4(0); bool positioned = at.x < ${half(positioned)};` : ''}
  for (int k = 0; k < ${K}; k++) {
    vec4 x = X_texel(at.y, k, ${K}), w = W_texel(k, at.x, ${N});
    sum += x.rrbb * w.rgrg + x.ggaa * w.baba;
    ${epsilon === undefined ? '' : 'squares += x.rb * x.rb + x.ga * x.ga;'}
    ${position ? `if (positioned) { vec4 p = P_texel(at.y, k, ${K}); placed += p.rrbb * w.rgrg + p.ggaa * w.baba; }` : ''}
  }
  ${epsilon === undefined ? '' : `sum *= inversesqrt(squares / ${inside}. + ${epsilon.toExponential()}).xxyy;`}
  ${position ? 'sum += placed;' : ''}
  sum += B_texel(0, at.x, ${N}).rgrg;
  sum = ${ACTIVATIONS[activation]};
  return sum${rest ? ` + R_texel(at.y, at.x, ${N})` : ''};
}`
    return run('dense', inputs, output, N, code)
  },
}
