import { each } from '../../../gpu/webgl/shaders/common.ts'

/**
 * Pixels of a row that a fragment computes, of four channels each: a power of two, at most what WebGL 2 promises as render
 * targets. What a fragment fetches serves all of them. The fetches are what a convolution takes its time for: with one
 * target, two pixels by two channels each, they were 2.7 times as many.
 */
export const STRIP = 4

export interface ConvolutionKey {
  /** 1 or 3, as high as wide, padded by half of it. */
  size: number
  stride: number
  activation: string
  residual: boolean
  /** Whether the input lies a pixel after the other, not in strips. */
  plain: boolean
}

const ACTIVATIONS: Record<string, (sum: string) => string> = {
  linear: (sum) => sum,
  relu: (sum) => `max(${sum}, 0.)`,
  relu6: (sum) => `clamp(${sum}, 0., 6.)`,
}

/** Whether a shader here has this activation. */
export function activates(activation: string): boolean {
  return activation in ACTIVATIONS
}

/**
 * from, to: width in texels of one group of channels, width and height in pixels, groups. Where a fragment is: `group` of
 * channels, `strip` of pixels, `line`.
 */
function head(targets: number): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler2DArray;
uniform ivec4 params[4];
#define from params[0]
#define to params[1]
uniform sampler2DArray values, added;
uniform sampler2D tensor, bias;
${each(targets, (k) => `layout(location = ${k}) out vec4 out${k};`)}
`
}

/** Biases lie as TensorFlow.js packs them, two a texel; filters as `halvesOf` lays them out. */
const WEIGHTS = `
uniform highp usampler2D halves;
vec4 biases(int column) {
  return vec4(texelFetch(bias, ivec2(column, 0), 0).rg, texelFetch(bias, ivec2(column + 1, 0), 0).rg);
}
vec4 four(uvec2 bits) { return vec4(unpackHalf2x16(bits.x), unpackHalf2x16(bits.y)); }
mat4 matrix(int row, int column) {
  uvec4 a = texelFetch(halves, ivec2(column, row), 0), b = texelFetch(halves, ivec2(column + 1, row), 0);
  return mat4(four(a.xy), four(a.zw), four(b.xy), four(b.zw));
}
`

const PLACE = `
  ivec2 here = ivec2(gl_FragCoord.xy);
  int group = here.x / to.x, strip = here.x - group * to.x, line = here.y;`

/** What is behind the last pixel of a row is 0: who reads it need not look. */
function end(activation: string, residual: boolean): string {
  const sum = (k: number) => `sum${k}${residual ? ` + texelFetch(added, ivec3(here, ${k}), 0)` : ''}`
  const outs = (k: number) =>
    `  out${k} = strip * ${STRIP} + ${k} < to.y ? ${ACTIVATIONS[activation]!(sum(k))} : vec4(0);`
  return each(STRIP, outs)
}

export function convolutionShader({ size, stride, activation, residual, plain }: ConvolutionKey): string {
  const pad = size >> 1
  const reach = (STRIP - 1) * stride + size
  const taps = (pixel: number, matrix: string) => `sum${pixel} += ${matrix}`
  return `${head(STRIP)}${WEIGHTS}
void main() {${PLACE}
${each(STRIP, (k) => `  vec4 sum${k}${k ? ' = sum0' : ' = biases(2 * group)'};`)}
  for (int row = 0; row < ${size}; row++) {
    int y = line * ${stride} + row - ${pad};
    if (y < 0 || y >= from.z) continue;
    for (int k = 0; k < from.w; k++) {
${each(reach, (i) => `      vec4 x${i} = ${plain ? plainPixel(i - pad, stride) : pixel(i - pad, stride)};`)}
      mat4 m;
${each(
  size,
  (j) => `      m = matrix((row * ${size} + ${j}) * from.w + k, 2 * group);
${each(STRIP, (p) => `      ${taps(p, `m * x${p * stride + j}`)};`)}`,
)}
    }
  }
${end(activation, residual)}
}`
}

/** The pixel that is so many after the first of the strip. */
function pixel(offset: number, stride: number): string {
  const texel = Math.floor(offset / STRIP)
  const at = `strip * ${stride} + ${texel}`
  const fetch = `texelFetch(values, ivec3(k * from.x + ${at}, y, ${offset - texel * STRIP}), 0)`
  if (texel === 0) return fetch
  return `${texel < 0 ? `${at} >= 0` : `${at} < from.x`} ? ${fetch} : vec4(0)`
}

function plainPixel(offset: number, stride: number): string {
  const at = `strip * ${STRIP * stride} + ${offset}`
  return `${at} >= 0 && ${at} < from.y ? texelFetch(values, ivec3(${at}, y, 0), 0) : vec4(0)`
}

/** Each pixel of the output is a pixel of the input times one of four parts of the filter; params[2].x: columns of a part. */
export function upShader(activation: string): string {
  const half = STRIP / 2
  return `${head(STRIP)}${WEIGHTS}
void main() {${PLACE}
  int left = (line & 1) * 2 * params[2].x + 2 * group, right = left + params[2].x;
${each(STRIP, (p) => `  vec4 sum${p} = biases(${p % 2 ? 'right' : 'left'});`)}
  for (int k = 0; k < from.w; k++) {
    ivec3 at = ivec3(k * from.x + strip / 2, line / 2, (strip & 1) * ${half});
${each(half, (q) => `    vec4 x${q} = texelFetch(values, at + ivec3(0, 0, ${q}), 0);`)}
    mat4 m = matrix(k, left);
${each(half, (q) => `    sum${2 * q} += m * x${q};`)}
    m = matrix(k, right);
${each(half, (q) => `    sum${2 * q + 1} += m * x${q};`)}
  }
${end(activation, true)}
}`
}

/**
 * TensorFlow.js's texture of an image, two pixels of a row by two channels a texel, from strips. params[2]: width of the
 * texture, texels of a row of channels, pairs of pixels in a row.
 */
export const TO_TENSOR = `${head(1)}
vec4 pixel(int x, int y, int group) {
  return x < from.y ? texelFetch(values, ivec3(group * from.x + x / ${STRIP}, y, x % ${STRIP}), 0) : vec4(0);
}
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy);
  int index = here.y * params[2].x + here.x;
  int row = index / params[2].y, column = index - row * params[2].y;
  int y = row / params[2].z, x = 2 * (row - y * params[2].z);
  if (y >= from.z) { out0 = vec4(0); return; }
  vec4 a = pixel(x, y, column >> 1), b = pixel(x + 1, y, column >> 1);
  out0 = (column & 1) == 0 ? vec4(a.rg, b.rg) : vec4(a.ba, b.ba);
}`

/** And back. */
export const TO_STRIPS = `${head(STRIP)}
vec4 texel(int pair, int column) {
  int index = pair * params[2].y + column;
  return column < params[2].y ? texelFetch(tensor, ivec2(index % params[2].x, index / params[2].x), 0) : vec4(0);
}
void main() {${PLACE}
  vec4 a, b;
${each(STRIP / 2, (k) => {
  const inside = (pixel: number) => `strip * ${STRIP} + ${pixel} < to.y`
  return `  {
    int pair = line * params[2].z + strip * ${STRIP / 2} + ${k};
    if (${inside(2 * k)}) { a = texel(pair, 2 * group); b = texel(pair, 2 * group + 1); }
    out${2 * k} = ${inside(2 * k)} ? vec4(a.rg, b.rg) : vec4(0);
    out${2 * k + 1} = ${inside(2 * k + 1)} ? vec4(a.ba, b.ba) : vec4(0);
  }`
})}
}`
