import type { Activation, Convolution } from '../../plan.ts'
import { each, head } from './common.ts'

/** Where weights lie: vec4 in a uniform block, or texels. */
export type Store = 'block' | 'texture'

/** A texture of weights is so many texels wide: 2 ** this. */
export const WEIGHTS_WIDTH_BITS = 8

/** What a program is compiled for; everything else is uniforms. */
export interface ConvolutionKey extends Pick<Convolution, 'kind' | 'size' | 'block' | 'activation'> {
  /** Layers of the output's layout. */
  to: number
  adds: boolean
  /** Whether no tap can lie outside of the input. */
  inside: boolean
  store: Store
  /** vec4 that the block holds. */
  blockSize: number
}

const ACTIVATIONS: Record<Activation, (sum: string) => string> = {
  linear: (sum) => sum,
  relu: (sum) => `max(${sum}, 0.)`,
  relu6: (sum) => `clamp(${sum}, 0., 6.)`,
  sigmoid: (sum) => `1. / (1. + exp(-${sum}))`,
}

/**
 * params[2]: left and top padding, stride, vec4 of one place's weights; params[3].x: layers of the input. The weights of a tile: for each place in a block the
 * bias of each layer, then for each tap what `weights.ts` writes.
 */
export function convolutionShader(key: ConvolutionKey): string {
  const { kind, size, block, activation, to, adds, store, blockSize } = key
  const [rows, columns] = size
  const { weights, weight } = STORES[store]
  return `${head(to)}
${adds ? 'uniform sampler2DArray added;' : ''}
${weights(blockSize)}
#define weight(i) ${weight('i')}
void main() {
  Place here = place();
  ivec4 plan = params[2];
  int set = here.tile - target.w;
  ivec2 cell = here.pixel;
${block > 1 ? `  set = (set * ${block} + cell.y % ${block}) * ${block} + cell.x % ${block};\n  cell /= ${block};` : ''}
  int w = set * plan.w;
${each(to, (k) => `  vec4 sum${k} = weight(w + ${k});`)}
  w += ${to};
  int layers = params[3].x;
  ivec2 corner = cell * plan.z - plan.xy;
  int top = here.image * source.y${kind === 'depthwise' ? ' + here.tile * source.z' : ''};
  for (int row = 0; row < ${rows}; row++) {
    for (int column = 0; column < ${columns}; column++) {
      ivec2 at = corner + ivec2(column, row);
${kind === 'depthwise' ? depthwiseTap(key) : fullTap(key)}
    }
  }
${adds ? each(to, (k) => `  sum${k} += texelFetch(added, ivec3(gl_FragCoord.xy, ${k}), 0);`) : ''}
${each(to, (k) => `  out${k} = ${ACTIVATIONS[activation](`sum${k}`)};`)}
}`
}

const STORES = {
  block: {
    weights: (count: number) => `layout(std140) uniform Weights { vec4 weights[${count}]; };`,
    weight: (index: string) => `weights[${index}]`,
  },
  texture: {
    weights: () => `uniform highp sampler2D weights;
vec4 weightAt(int i) { return texelFetch(weights, ivec2(i & ${(1 << WEIGHTS_WIDTH_BITS) - 1}, i >> ${WEIGHTS_WIDTH_BITS}), 0); }`,
    weight: (index: string) => `weightAt(${index})`,
  },
} satisfies Record<Store, { weights(count: number): string; weight(index: string): string }>

const OUTSIDE = 'any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, source.xy))'

function depthwiseTap({ to, inside }: ConvolutionKey): string {
  return `      ${inside ? '' : `if (!(${OUTSIDE})) `}{
${each(to, (k) => `        sum${k} += weight(w + ${k}) * texelFetch(values, ivec3(at.x, top + at.y, ${k}), 0);`)}
      }
      w += ${to};`
}

/** Four input channels of each layer, then their products with the columns of as many matrices as there are outputs. */
function fullTap({ to, inside }: ConvolutionKey): string {
  const step = 4 * to
  return `      ${inside ? '' : `if (${OUTSIDE}) { w += source.w * layers * ${step}; continue; }`}
      for (int tile = 0, y = top + at.y; tile < source.w; tile++, y += source.z) {
        for (int layer = 0; layer < layers; layer++, w += ${step}) {
          vec4 x = texelFetch(values, ivec3(at.x, y, layer), 0);
${each(to, (k) => `          sum${k} += ${each(4, (i) => `x.${'xyzw'[i]} * weight(w + ${i * to + k})`, ' + ')};`)}
        }
      }`
}
