import type { AttentionParams } from '../fused/attention.ts'
import type { Call, Op } from '../op.ts'
import { half, run, tokens } from './program.ts'

/** Two tokens against all, two keys at a time; the softmax's largest value is corrected as larger ones come. */
export const _Attention: Op = {
  kernels: [],
  run(call: Call) {
    const { heads, size } = call.params as AttentionParams
    const [D, C] = [half(size), half(heads * size)]
    const X = tokens(call.input(0), 3 * heads * size)
    const count = X.shape[0]!
    const code = `
vec4 result(ivec2 at) {
  int first = at.x / ${D} * ${D};
  vec4 query[${D}];
  for (int i = 0; i < ${D}; i++) query[i] = X_texel(at.y, first + i, ${3 * C});
  vec2 most = vec2(-1e30), total = vec2(0);
  vec4 sum = vec4(0);
  for (int pair = 0; pair < ${half(count)}; pair++) {
    vec4 score = vec4(0);
    for (int i = 0; i < ${D}; i++) {
      vec4 key = X_texel(pair, ${C} + first + i, ${3 * C});
      score += query[i].rrbb * key.rbrb + query[i].ggaa * key.gaga;
    }
    vec4 value = X_texel(pair, ${2 * C} + at.x, ${3 * C});
    ${count % 2 ? `if (pair == ${half(count) - 1}) { score.ga = vec2(-1e30); value.ba = vec2(0); }` : ''}
    vec2 top = max(most, max(score.rb, score.ga));
    vec2 old = exp(most - top);
    vec4 share = exp(score - top.xxyy);
    total = total * old + share.rb + share.ga;
    sum = sum * old.xxyy + share.rrbb * value.rgrg + share.ggaa * value.baba;
    most = top;
  }
  return sum / total.xxyy;
}`
    return run('attention', { X }, [count, heads * size], C, code, { label: [1, count, heads, size] })
  },
}
