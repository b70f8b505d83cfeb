import type { AttentionParams } from '../fused/attention.ts'
import type { Call, Op } from '../op.ts'
import { GROUP, run, sizeOf } from './program.ts'

/** A workgroup is one head of one token: its scores once, then its channels. */
export const _Attention: Op = {
  kernels: [],
  run(call: Call) {
    const { heads, size } = call.params as AttentionParams
    const X = call.input(0)
    const channels = heads * size
    const count = sizeOf(X.shape) / (3 * channels)
    const functions = `var<workgroup> scores: array<f32, ${count}>;`
    const body = `
  let group = index / ${GROUP};
  let lane = index - group * ${GROUP};
  let token = group / ${heads};
  let first = (group - token * ${heads}) * ${size};
  for (var key = lane; key < ${count}; key += ${GROUP}) {
    var score = 0.0;
    for (var i = 0; i < ${size}; i++) {
      score += X[token * ${3 * channels} + first + i] * X[key * ${3 * channels} + ${channels} + first + i];
    }
    scores[key] = score;
  }
  workgroupBarrier();
  var most = scores[0];
  for (var key = 1; key < ${count}; key++) { most = max(most, scores[key]); }
  for (var i = first + lane; i < first + ${size}; i += ${GROUP}) {
    var total = 0.0;
    var sum = 0.0;
    for (var key = 0; key < ${count}; key++) {
      let share = exp(scores[key] - most);
      total += share;
      sum += share * X[key * ${3 * channels} + ${2 * channels} + i];
    }
    result[token * ${channels} + i] = sum / total;
  }`
    return run('attention', { X }, [1, count, heads, size], count * heads * GROUP, { functions, body })
  },
}
