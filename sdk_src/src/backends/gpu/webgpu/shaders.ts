import type { Activation } from '../plan.ts'
import type { Layout } from './layout.ts'

/** Invocations of a workgroup. */
export const GROUP = 64

/** What a shader is made for; everything else is a number among its Params, so that few are compiled. */
export interface Variant {
  kind: 'pointwise' | 'convolution' | 'depthwise' | 'mean'
  /** Pixels that an invocation computes, of the four channels of one group. */
  pixels: number
  /** Invocations that share the sum of a pixel's group. */
  slices: number
  input: Layout
  output: Layout
  added: Layout | undefined
  activation: Activation
  /** After depth-to-space. */
  spread: boolean
}

/** Names of the shaders' Params, each a u32, in their order. */
export const PARAMS = [
  'pixels', // of the result, before depth-to-space
  'groups', // of the result, before depth-to-space
  'height', // of the result, before depth-to-space
  'width',
  'channels', // of the result, after depth-to-space
  'block',
  'in_height',
  'in_width',
  'in_channels',
  'in_groups',
  'rows', // of the filter
  'columns',
  'stride',
  'top',
  'left',
  'taps', // vec4 that a sum reads
] as const

export type Params = Record<(typeof PARAMS)[number], number>

export const BINDINGS = { input: 0, weights: 1, params: 2, output: 3, added: 4 }

const ACTIVATIONS: Record<Activation, string> = {
  linear: 'v',
  relu: 'max(v, vec4f(0))',
  relu6: 'clamp(v, vec4f(0), vec4f(6))',
  sigmoid: '1 / (1 + exp(-v))',
}

/**
 * The shader of a variant. An invocation sums what `taps` vec4 of the input give for four channels of some pixels;
 * neighbours in a workgroup have neighbouring channels, so that weights are read side by side. Small layers leave most
 * of a card idle and wait for memory: there several invocations share a sum, each with every slices-th of its taps.
 */
export function shaderOf(variant: Variant): string {
  const { kind, slices, input, output, added } = variant
  const lanes = GROUP / slices
  return `
struct Params { ${PARAMS.map((name) => `${name}: u32`).join(', ')} }
@group(0) @binding(${BINDINGS.input}) var<storage, read> input: ${arrayOf(input)};
${kind === 'mean' ? '' : `@group(0) @binding(${BINDINGS.weights}) var<storage, read> weights: array<vec4f>;`}
@group(0) @binding(${BINDINGS.params}) var<uniform> p: Params;
@group(0) @binding(${BINDINGS.output}) var<storage, read_write> output: ${arrayOf(output)};
${added ? `@group(0) @binding(${BINDINGS.added}) var<storage, read> added: ${arrayOf(added)};` : ''}
${slices > 1 ? `var<workgroup> shared_sums: array<vec4f, ${GROUP * variant.pixels}>;` : ''}
${readOf(input)}
${kind === 'mean' ? '' : storeOf(variant)}
@compute @workgroup_size(${GROUP}) fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let lane = local % ${lanes}u;
  let slice = local / ${lanes}u;
  let item = workgroup.x * ${lanes}u + lane;
  let group = item % p.groups;
  let first = item / p.groups * ${variant.pixels}u;
  let last = p.pixels - 1;
${SUMS[kind](variant)}
${slices > 1 ? sharedOf(variant) : ''}
  if (slice != 0u) { return; }
${each(variant, (k) => `  if (first + ${k}u < p.pixels) { ${finish(variant, k)} }`)}
}`
}

const SUMS: Record<Variant['kind'], (variant: Variant) => string> = {
  pointwise: (variant) => `
${each(variant, (k) => `  let pixel${k} = min(first + ${k}u, last) * p.in_groups; var sum${k} = vec4f(0);`)}
  for (var tap = slice; tap < p.taps; tap += ${variant.slices}u) {
    let at = tap * 4 * p.groups + group;
    let w0 = weights[at]; let w1 = weights[at + p.groups];
    let w2 = weights[at + 2 * p.groups]; let w3 = weights[at + 3 * p.groups];
${each(variant, (k) => `    { let v = quad(pixel${k}, tap); ${multiplied(k)} }`)}
  }`,
  convolution: (variant) => `
${each(variant, (k) => place(k))}
  for (var tap = slice; tap < p.taps; tap += ${variant.slices}u) {
    let at = tap * 4 * p.groups + group;
    let w0 = weights[at]; let w1 = weights[at + p.groups];
    let w2 = weights[at + 2 * p.groups]; let w3 = weights[at + 3 * p.groups];
    let part = tap % p.in_groups;
    let cell = tap / p.in_groups;
    let offset = vec2i(vec2u(cell / p.columns, cell % p.columns));
${each(variant, (k) => `    { let v = quad_at(image${k}, corner${k} + offset, part); ${multiplied(k)} }`)}
  }`,
  depthwise: (variant) => `
${each(variant, (k) => place(k))}
  for (var row = 0u; row < p.rows; row++) {
    for (var column = 0u; column < p.columns; column++) {
      let w = weights[(row * p.columns + column) * p.groups + group];
      let offset = vec2i(vec2u(row, column));
${each(variant, (k) => `      sum${k} = fma(quad_at(image${k}, corner${k} + offset, group), w, sum${k});`)}
    }
  }`,
  mean: ({ slices }) => `
  let image = min(first, last) * p.taps;
  var sum0 = vec4f(0);
  for (var tap = slice; tap < p.taps; tap += ${slices}u) { sum0 += quad((image + tap) * p.in_groups, group); }`,
}

/** Where pixel k lies: its image, and the filter's first cell on it. */
function place(k: number): string {
  return `
  let at${k} = min(first + ${k}u, last);
  let row${k} = at${k} / p.width;
  let image${k} = row${k} / p.height * p.in_height;
  let corner${k} = vec2i(vec2u(row${k} % p.height, at${k} % p.width) * p.stride) - vec2i(vec2u(p.top, p.left));
  var sum${k} = vec4f(0);`
}

function multiplied(k: number): string {
  return `sum${k} = fma(v.xxxx, w0, fma(v.yyyy, w1, fma(v.zzzz, w2, fma(v.wwww, w3, sum${k}))));`
}

/** quad: four channels of a pixel, given where its groups start; quad_at: of a place that may lie outside. */
function readOf(layout: Layout): string {
  const vec4 = 'fn quad(start: u32, group: u32) -> vec4f { return input[start + group]; }'
  // The scalar form gets the same start, in groups, and finds its own.
  const scalar = `fn quad(start: u32, group: u32) -> vec4f {
  let at = start / p.in_groups * p.in_channels + group * 4;
  let more = p.in_channels - group * 4;
  return vec4f(input[at], select(0, input[at + 1], more > 1), select(0, input[at + 2], more > 2), select(0, input[at + 3], more > 3));
}`
  return `${layout === 'vec4' ? vec4 : scalar}
fn quad_at(image: u32, at: vec2i, group: u32) -> vec4f {
  let size = vec2i(vec2u(p.in_height, p.in_width));
  let inside = all(at >= vec2i(0)) && all(at < size);
  let there = vec2u(clamp(at, vec2i(0), size - 1));
  return select(vec4f(0), quad(((image + there.x) * p.in_width + there.y) * p.in_groups, group), inside);
}`
}

/** The slices' sums come together. */
function sharedOf(variant: Variant): string {
  const lanes = GROUP / variant.slices
  return `
${each(variant, (k) => `  shared_sums[local + ${k * GROUP}u] = sum${k};`)}
  workgroupBarrier();
  if (slice == 0u) {
    for (var other = 1u; other < ${variant.slices}u; other++) {
${each(variant, (k) => `      sum${k} += shared_sums[lane + other * ${lanes}u + ${k * GROUP}u];`)}
    }
  }`
}

function finish({ kind, output }: Variant, k: number): string {
  if (kind !== 'mean') return `store(first + ${k}u, group, sum${k} + weights[bias_at() + group]);`
  const value = `sum${k} / f32(p.taps)`
  if (output === 'vec4') return `output[(first + ${k}u) * p.groups + group] = ${value};`
  return `let v = ${value}; for (var c = group * 4; c < min(group * 4 + 4, p.channels); c++) { output[first * p.channels + c] = v[c % 4]; }`
}

/** What follows the product: depth-to-space, sum, activation. */
function storeOf({ kind, output, added, activation, spread }: Variant): string {
  const activate = `fn activated(v: vec4f) -> vec4f { return ${ACTIVATIONS[activation]}; }`
  const bias = `fn bias_at() -> u32 { return p.taps * ${kind === 'depthwise' ? '' : '4 * '}p.groups; }`
  const moved = spread
    ? `fn moved(pixel: u32, cell: u32) -> u32 {
  let row = pixel / p.width;
  return (row * p.block + cell / p.block) * p.width * p.block + pixel % p.width * p.block + cell % p.block;
}`
    : 'fn moved(pixel: u32, cell: u32) -> u32 { return pixel; }'
  return [activate, bias, moved, output === 'vec4' ? wholeStore(spread, added) : singleStore(added)].join('\n')
}

function wholeStore(spread: boolean, added: Layout | undefined): string {
  const sum = added === 'vec4' ? ' + added[at]' : added ? ` + ${gathered()}` : ''
  return `fn store(pixel: u32, group: u32, value: vec4f) {
  let groups = ${spread ? 'p.channels / 4' : 'p.groups'};
  let part = ${spread ? 'group % groups' : 'group'};
  let to = moved(pixel, ${spread ? 'group / groups' : '0'});
  let at = to * groups + part;
  output[at] = activated(value${sum});
}`
}

/** Four channels of `added` where it has no gaps: only where their number is no multiple of four. */
function gathered(): string {
  const one = (c: number) => `select(0, added[to * p.channels + part * 4 + ${c}], part * 4 + ${c} < p.channels)`
  return `vec4f(${[0, 1, 2, 3].map(one).join(', ')})`
}

function singleStore(added: Layout | undefined): string {
  const whole = 'added[to * ((p.channels + 3) / 4) + part / 4][part % 4]'
  const sum = added === 'vec4' ? ` + ${whole}` : added ? ' + added[to * p.channels + part]' : ''
  return `fn store(pixel: u32, group: u32, value: vec4f) {
  for (var c = 0u; c < 4; c++) {
    let channel = group * 4 + c;
    if (channel >= p.channels * p.block * p.block) { return; }
    let part = channel % p.channels;
    let to = moved(pixel, channel / p.channels);
    output[to * p.channels + part] = activated(vec4f(value[c]${sum})).x;
  }
}`
}

function arrayOf(layout: Layout): string {
  return layout === 'vec4' ? 'array<vec4f>' : 'array<f32>'
}

function each({ pixels }: Variant, text: (k: number) => string): string {
  return Array.from({ length: pixels }, (_, k) => text(k)).join('\n')
}
