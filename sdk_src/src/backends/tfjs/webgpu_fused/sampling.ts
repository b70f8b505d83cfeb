import type { SamplingParams } from '../fused/sampling.ts'
import type { Call, Op } from '../op.ts'
import { run, sizeOf } from './program.ts'

/** Deformable attention's sampling, one channel each. */
export const _Sampling: Op = {
  kernels: [],
  run(call: Call) {
    const { heads, size, samples, scale, levels, offsets, weights } = call.params as SamplingParams
    const [B, M] = [call.input(0), call.input(3)]
    // An array can be bound once only: a value that holds both is read under one name.
    const both = call.input(1) === call.input(2)
    const inputs = { B, O: call.input(1), ...(!both && { S: call.input(2) }), M }
    const S = both ? 'O' : 'S'
    const count = sizeOf(B.shape) / 4
    const channels = heads * size
    const functions = `
const LEVELS = array<vec3<i32>, ${samples}>(${levels.map((level) => `vec3<i32>(${level.join(', ')})`).join(', ')});
fn memory(at: vec2<i32>, level: vec3<i32>, column: i32) -> f32 {
  if (any(at < vec2<i32>(0)) || any(at >= level.xy)) { return 0.0; }
  return M[(level.z + at.y * level.x + at.x) * ${channels} + column];
}`
    const body = `
  let token = index / ${channels};
  let column = index - token * ${channels};
  let head = column / ${size};
  let first = token * ${weights.width} + ${weights.start} + head * ${samples};
  var most = ${S}[first];
  for (var i = 1; i < ${samples}; i++) { most = max(most, ${S}[first + i]); }
  let center = vec2<f32>(B[token * 4], B[token * 4 + 1]);
  let extent = vec2<f32>(B[token * 4 + 2], B[token * 4 + 3]);
  var total = 0.0;
  var sum = 0.0;
  var levels = LEVELS;
  for (var i = 0; i < ${samples}; i++) {
    let level = levels[i];
    let o = token * ${offsets.width} + ${offsets.start} + 2 * (head * ${samples} + i);
    let position = (center + vec2<f32>(O[o], O[o + 1]) * extent * ${scale}) * vec2<f32>(level.xy) - 0.5;
    let corner = floor(position);
    let part = position - corner;
    let at = vec2<i32>(corner);
    let above = mix(memory(at, level, column), memory(at + vec2<i32>(1, 0), level, column), part.x);
    let below = mix(memory(at + vec2<i32>(0, 1), level, column), memory(at + vec2<i32>(1, 1), level, column), part.x);
    let share = exp(${S}[first + i] - most);
    total += share;
    sum += share * mix(above, below, part.y);
  }
  result[index] = sum / total;`
    return run('sampling', inputs, [count * heads, 1, size], count * channels, { functions, body })
  },
}
