import type { ConvolutionParams, UpParams } from '../fused/convolution.ts'
import type { Call, Op } from '../op.ts'
import { ACTIVATIONS, half, run, sizeOf } from './program.ts'

type Image = [1, height: number, width: number, channels: number]

/**
 * 3 x 3 in one pass, without TensorFlow.js's im2col. A texel holds two pixels of a row by two channels, so the taps of two
 * neighbours lie in three texels.
 */
export const _Convolution: Op = {
  kernels: [],
  run(call: Call) {
    const { stride, activation, residual } = call.params as ConvolutionParams
    const [x, filter, bias] = [call.input(0), call.input(1), call.input(2)]
    const [, height, width, inside] = x.shape as Image
    const outside = filter.shape[3]!
    const rest = residual ? call.input(3) : undefined
    const output = [1, Math.ceil(height / stride), Math.ceil(width / stride), outside]
    const [W, K, N, pairs] = [half(width), half(inside), half(outside), half(output[2]!)]
    const taps =
      stride === 1
        ? ['vec4(left.ba, middle.rg)', 'middle', 'vec4(middle.ba, right.rg)']
        : ['vec4(left.ba, middle.ba)', 'vec4(middle.rg, right.rg)', 'vec4(middle.ba, right.ba)']
    const code = `
vec4 result(ivec2 at) {
  int line = at.y / ${pairs}, pair = (at.y - line * ${pairs}) * ${stride};
  vec4 sum = B_texel(0, at.x, ${N}).rgrg;
  for (int i = 0; i < 3; i++) {
    int row = line * ${stride} + i - 1;
    if (row < 0 || row >= ${height}) continue;
    int start = row * ${W} + pair;
    for (int k = 0; k < ${K}; k++) {
      vec4 left = pair > 0 ? X_texel(start - 1, k, ${K}) : vec4(0);
      vec4 middle = X_texel(start, k, ${K});
      vec4 right = pair < ${W - 1} ? X_texel(start + 1, k, ${K}) : vec4(0);
      ${taps
        .map(
          (tap, j) =>
            `{ vec4 x = ${tap}, w = F_texel((i * 3 + ${j}) * ${K} + k, at.x, ${N}); sum += x.rrbb * w.rgrg + x.ggaa * w.baba; }`,
        )
        .join('\n      ')}
    }
  }
  ${rest ? `sum += R_texel(at.y, at.x, ${N});` : ''}
  return ${ACTIVATIONS[activation]};
}`
    const inputs = {
      X: { tensor: x, shape: x.shape },
      F: { tensor: filter, shape: filter.shape },
      B: { tensor: bias, shape: bias.shape },
      ...(rest && { R: { tensor: rest, shape: output } }),
    }
    return run('convolution', inputs, output, N, code)
  },
}

/** Each pixel of the output is a pixel of the input times one of four parts of the filter. */
export const _Up: Op = {
  kernels: [],
  run(call: Call) {
    const { activation } = call.params as UpParams
    const [x, filter, bias, skip] = [call.input(0), call.input(1), call.input(2), call.input(3)]
    const [inside, four] = filter.shape as [number, number]
    const [, height, width, outside] = skip.shape as Image
    const [K, N, pairs] = [half(inside), half(outside), half(width)]
    const code = `
vec4 result(ivec2 at) {
  int line = at.y / ${pairs}, pair = at.y - line * ${pairs};
  int pixel = (line / 2) * ${pairs} + pair;
  int first = (line & 1) * ${2 * N} + at.x;
  vec4 sum = vec4(B_texel(0, first, ${half(four)}).rg, B_texel(0, first + ${N}, ${half(four)}).rg);
  for (int k = 0; k < ${K}; k++) {
    vec4 two = X_texel(pixel / 2, k, ${K});
    vec2 x = (pixel & 1) == 0 ? two.rg : two.ba;
    vec4 left = F_texel(k, first, ${half(four)}), right = F_texel(k, first + ${N}, ${half(four)});
    sum += vec4(x.x * left.rg + x.y * left.ba, x.x * right.rg + x.y * right.ba);
  }
  sum += R_texel(at.y, at.x, ${N});
  return ${ACTIVATIONS[activation]};
}`
    const inputs = {
      X: { tensor: x, shape: [sizeOf(x.shape) / inside, inside] },
      F: { tensor: filter, shape: filter.shape },
      B: { tensor: bias, shape: bias.shape },
      R: { tensor: skip, shape: skip.shape },
    }
    return run('up', inputs, [1, height, width, outside], N, code)
  },
}
