import type { SamplingParams } from '../fused/sampling.ts'
import type { Call, Op } from '../op.ts'
import { half, run, tokens } from './program.ts'

/** Deformable attention's sampling: of two tokens each, one after the other, two channels. */
export const _Sampling: Op = {
  kernels: [],
  run(call: Call) {
    const { heads, size, samples, scale, levels, offsets, weights } = call.params as SamplingParams
    const [D, C] = [half(size), half(heads * size)]
    const B = tokens(call.input(0), 4)
    const inputs = {
      B,
      O: tokens(call.input(1), offsets.width),
      S: tokens(call.input(2), weights.width),
      M: tokens(call.input(3), heads * size),
    }
    const count = B.shape[0]!
    const level = levels.map((each) => `ivec3(${each.join(', ')})`).join(', ')
    const code = `
const ivec3 LEVELS[${samples}] = ivec3[](${level});
vec2 of(vec4 texel, int row) { return (row & 1) == 0 ? texel.rg : texel.ba; }
vec2 memory(ivec2 at, ivec3 level, int column) {
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, level.xy))) return vec2(0);
  int row = level.z + at.y * level.x + at.x;
  return of(M_texel(row / 2, column, ${C}), row);
}
float weight(int token, int column) {
  vec2 pair = of(S_texel(token / 2, column / 2, ${half(weights.width)}), token);
  return (column & 1) == 0 ? pair.x : pair.y;
}
vec2 sampled(int token, int column) {
  int first = column / ${D} * ${samples};
  vec2 center = of(B_texel(token / 2, 0, 2), token), extent = of(B_texel(token / 2, 1, 2), token);
  float most = -1e30, total = 0.;
  for (int i = 0; i < ${samples}; i++) most = max(most, weight(token, ${weights.start} + first + i));
  vec2 sum = vec2(0);
  for (int i = 0; i < ${samples}; i++) {
    ivec3 level = LEVELS[i];
    vec2 offset = of(O_texel(token / 2, ${offsets.start / 2} + first + i, ${half(offsets.width)}), token);
    vec2 position = (center + offset * extent * ${scale}) * vec2(level.xy) - 0.5;
    vec2 corner = floor(position), part = position - corner;
    ivec2 at = ivec2(corner);
    vec2 above = mix(memory(at, level, column), memory(at + ivec2(1, 0), level, column), part.x);
    vec2 below = mix(memory(at + ivec2(0, 1), level, column), memory(at + ivec2(1, 1), level, column), part.x);
    float share = exp(weight(token, ${weights.start} + first + i) - most);
    total += share;
    sum += share * mix(above, below, part.y);
  }
  return sum / total;
}
vec4 result(ivec2 at) {
  vec2 first = sampled(2 * at.y, at.x);
  return vec4(first, 2 * at.y + 1 < ${count} ? sampled(2 * at.y + 1, at.x) : vec2(0));
}`
    return run('sampling', inputs, [count, heads * size], C, code, { label: [count * heads, 1, size] })
  },
}
