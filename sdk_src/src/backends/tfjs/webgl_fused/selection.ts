import type { SelectionParams } from '../fused/selection.ts'
import type { Call, Op } from '../op.ts'
import { half, run, tokens } from './program.ts'

/** Each row is ranked by counting the better ones; TensorFlow.js would read the scores back and sort them in JavaScript. */
export const _Selection: Op = {
  kernels: [],
  run(call: Call) {
    const { rows, columns, count } = call.params as SelectionParams
    const X = tokens(call.input(0), columns)
    const ranks = run('rank', { X }, [rows], half(rows), rankCode(rows, half(columns)))
    const inputs = { X, R: { tensor: ranks, shape: [rows] } }
    const total = columns - 1 + count
    const index = run('selection', inputs, [total], half(total), selectionCode(rows, columns))
    ranks.dispose()
    return index
  },
}

function rankCode(rows: number, C: number): string {
  return `
vec4 result(ivec2 at) {
  vec2 own = X_texel(at.x, 0, ${C}).rb;
  ivec2 rank = ivec2(0, own.x >= own.y ? 1 : 0);
  rank.x = own.y > own.x ? 1 : 0;
  for (int i = 0; i < ${rows / 2}; i++) {
    if (i == at.x) continue;
    vec2 other = X_texel(i, 0, ${C}).rb;
    // Of equal ones the first is better.
    ivec4 better = i < at.x
      ? ivec4(greaterThanEqual(other.xyxy, own.xxyy))
      : ivec4(greaterThan(other.xyxy, own.xxyy));
    rank += better.xz + better.yw;
  }
  return vec4(rank, 0, 0);
}`
}

function selectionCode(rows: number, columns: number): string {
  return `
float best(int column) {
  float most = -1e30;
  int row = 0;
  for (int i = 0; i < ${rows / 2}; i++) {
    vec4 texel = X_texel(i, column / 2, ${half(columns)});
    vec2 two = (column & 1) == 0 ? texel.rb : texel.ga;
    if (two.x > most) { most = two.x; row = 2 * i; }
    if (two.y > most) { most = two.y; row = 2 * i + 1; }
  }
  return float(row);
}
float ranked(int rank) {
  for (int i = 0; i < ${rows / 2}; i++) {
    vec2 two = R_texel(0, i, ${rows / 2}).rg;
    if (int(two.x) == rank) return float(2 * i);
    if (int(two.y) == rank) return float(2 * i + 1);
  }
  return 0.;
}
float chosen(int k) { return k < ${columns - 1} ? best(k + 1) : ranked(k - ${columns - 1}); }
vec4 result(ivec2 at) {
  return vec4(chosen(2 * at.x), chosen(2 * at.x + 1), 0, 0);
}`
}

export const _Gather: Op = {
  kernels: [],
  run(call: Call) {
    const [table, index] = [call.input(0), call.input(1)]
    const channels = table.shape.at(-1)!
    const count = index.shape[0]!
    const C = half(channels)
    const code = `
vec2 row(int index, int column) {
  vec4 texel = T_texel(index / 2, column, ${C});
  return (index & 1) == 0 ? texel.rg : texel.ba;
}
vec4 result(ivec2 at) {
  ivec2 two = ivec2(I_texel(0, at.y, ${half(count)}).rg);
  return vec4(row(two.x, at.x), row(two.y, at.x));
}`
    const inputs = { T: tokens(table, channels), I: { tensor: index, shape: index.shape } }
    return run('gather', inputs, [count, channels], C, code)
  },
}
