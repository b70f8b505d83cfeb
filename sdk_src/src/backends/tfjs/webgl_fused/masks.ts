import type { MasksParams } from '../fused/masks.ts'
import type { Call, Op } from '../op.ts'
import { half, run, tokens } from './program.ts'

/** A texel is two by two pixels of a mask. */
export const _Masks: Op = {
  kernels: [],
  run(call: Call) {
    const { first } = call.params as MasksParams
    const queries = call.input(2).shape.at(-2)!
    return masks(
      call,
      Array.from({ length: queries - first }, (_, row) => row),
    )
  },
  rows: masks,
}

function masks(call: Call, rows: number[]) {
  const { grid, side, first, least, most, height } = call.params as MasksParams
  const [pixels, embeddings, boxes] = [call.input(0), call.input(1), call.input(2)]
  const channels = embeddings.shape.at(-1)!
  const [G, S, M] = [grid / 2, side / 2, half(channels)]
  const code = `
vec2 of(vec4 texel, int row) { return (row & 1) == 0 ? texel.rg : texel.ba; }
vec4 result(ivec2 at) {
  int mask = at.y / ${S}, line = 2 * (at.y - mask * ${S});
  int query = ${first} + chosen[mask];
  vec4 sum = vec4(${height});
  for (int k = 0; k < ${M}; k++) {
    vec2 embedding = of(E_texel(query / 2, k, ${M}), query);
    vec4 above = P_texel(line * ${G} + at.x, k, ${M}), below = P_texel((line + 1) * ${G} + at.x, k, ${M});
    sum += embedding.x * vec4(above.rb, below.rb) + embedding.y * vec4(above.ga, below.ga);
  }
  vec2 center = of(B_texel(query / 2, 0, 2), query);
  vec2 extent = max(of(B_texel(query / 2, 1, 2), query), ${least}) * 0.5;
  vec2 x = ((vec2(2 * at.x) + vec2(0.5, 1.5)) / ${grid}. - center.x) / extent.x;
  vec2 y = ((vec2(line) + vec2(0.5, 1.5)) / ${grid}. - center.y) / extent.y;
  return sum - min(x * x, ${most.toFixed(1)}).xyxy - min(y * y, ${most.toFixed(1)}).xxyy;
}`
  const inputs = { P: tokens(pixels, channels), E: tokens(embeddings, channels), B: tokens(boxes, 4) }
  return run('masks', inputs, [1, rows.length, side, side], S, code, { rows })
}
