import { fusion } from '../fusion.ts'
import { any, constant, either, type Found, named, op, type Pattern, type Subject, where } from './pattern.ts'
import type { Rule } from './rewrite.ts'

/** activation(x * filter + bias) + residual. Inputs: x [1, H, W, C], filter [3, 3, C, N] or [1, 1, C, N], bias [N], then the residual. */
export interface ConvolutionParams {
  stride: number
  activation: string
  residual: boolean
}

/** activation(depth_to_space(x filter + bias, 2) + skip). Inputs: x [1, h, w, C], filter [C, 4 N], bias [4 N], skip [1, 2h, 2w, N]. */
export interface UpParams {
  activation: string
}

const CONVOLUTION: Pattern = named('convolution', op('_FusedConv2D', any('x'), constant('filter'), constant('bias')))
/** As TensorFlow's optimizer writes a convolution with bias and a residual. */
const SUM = op(
  'AddV2',
  op('AddN', named('convolution', op('Conv2D', any('x'), constant('filter'))), any('residual')),
  constant('bias'),
)

const linear = (graph: Subject, value: string) => fusion(graph.attributes(value)).activation === 'linear'

/**
 * 3 x 3, one pixel of padding on all sides, stride 1 or 2; or 1 x 1, stride 1. Four channels each, as four values a texel
 * need them; of a colour there are three.
 */
function spatial(graph: Subject, found: Found): ConvolutionParams | undefined {
  const attributes = graph.attributes(found.convolution!)
  const [height, width, inside, outside] = graph.shape(found.filter!)
  const [, down, right] = attributes.ints('strides')
  const { activation } = fusion(attributes)
  const known =
    (height === 1 || height === 3) &&
    width === height &&
    down === right &&
    down! <= (height === 3 ? 2 : 1) &&
    (inside! % 4 === 0 || inside === 3) &&
    outside! % 4 === 0 &&
    ['linear', 'relu6'].includes(activation) && // fused_ops of a Conv2D: none
    attributes.ints('dilations').every((step) => step === 1) &&
    (height === 1 || attributes.ints('explicit_paddings').join() === '0,0,1,1,1,1,0,0')
  return known ? { stride: down!, activation, residual: false } : undefined
}

const alone: Rule = {
  op: '_Convolution',
  pattern: CONVOLUTION,
  build(graph, found) {
    const params = spatial(graph, found)
    return params && { inputs: [found.x!, found.filter!, found.bias!], params }
  },
}

const withResidual: Rule = {
  op: '_Convolution',
  pattern: either(op('AddV2', where(linear, CONVOLUTION), any('residual')), SUM),
  build(graph, found) {
    const params = spatial(graph, found)
    const shape = graph.shape(found.bias!)
    if (!params || graph.constants.has(found.residual!) || shape.length !== 1) return undefined
    const inputs = [found.x!, found.filter!, found.bias!, found.residual!]
    return { inputs, params: { ...params, residual: true } }
  },
}

const UP = op('DepthToSpace', CONVOLUTION)

/** Upsampling by a pointwise convolution, and the finer scale beside it. */
export const up: Rule = {
  op: '_Up',
  pattern: op('Relu6', op('AddV2', named('up', UP), any('skip'))),
  build(graph, found, value) {
    const [height, width, inside, outside] = graph.shape(found.filter!)
    const { bias, activation } = fusion(graph.attributes(found.convolution!))
    const two = graph.attributes(found.up!).int('block_size') === 2
    const pointwise = height === 1 && width === 1 && bias && activation === 'linear'
    if (!two || !pointwise || inside! % 4 || outside! % 16) return undefined
    const filter = `${value}/filter`
    graph.constants.set(filter, { ...graph.constants.get(found.filter!)!, shape: [inside!, outside!] })
    return { inputs: [found.x!, filter, found.bias!, found.skip!], params: { activation: 'relu6' } satisfies UpParams }
  },
}

export const convolutionRules = [up, withResidual, alone]
