import { fusion } from '../fusion.ts'
import type { NodeDef } from '../graph_def.ts'
import { any, constant, either, type Found, named, op, type Pattern, type Subject, view } from './pattern.ts'
import type { Rule } from './rewrite.ts'

/**
 * A linear layer on tokens, with what stands around it:
 * activation(norm(x) W + position W + b) + residual. Inputs: x [..., K], W [K, N], b [N], then position and residual.
 */
export interface DenseParams {
  /** Under the root mean square by which each token is divided; undefined: tokens as they are. */
  epsilon: number | undefined
  /** So many columns, from the first, get the position's product too; 0: there is no position. */
  positioned: number
  residual: boolean
  activation: string
  /** Of the output, where neither the residual nor the input has it: [rows, N] else. */
  shape?: number[] | undefined
  /** Whether the output has the input's leading sides. */
  image?: boolean
}

/** x / sqrt(mean(x²) + epsilon), as TensorFlow's optimizer leaves it. */
const NORM = op(
  'Mul',
  any('x'),
  op('Rsqrt', op('AddV2', op('Mean', op('Square', any('x')), constant('axis')), constant('epsilon'))),
)

/** One matrix product with bias. */
export const DENSE: Pattern = named(
  'dense',
  op(
    '_FusedMatMul',
    view(either(op('AddV2', NORM, view(any('position'))), NORM, any('x'))),
    constant('weights'),
    constant('bias'),
  ),
)

/** What a match of DENSE says; undefined where it is not x W + b. */
export function denseOf(graph: Subject, found: Found): { inputs: string[]; params: DenseParams } | undefined {
  const attributes = graph.attributes(found.dense!)
  const { bias, activation } = fusion(attributes)
  const [inside, outside] = graph.shape(found.weights!)
  const turned = attributes.flag('transpose_a') || attributes.flag('transpose_b')
  const known = activation === 'linear' || activation === 'relu'
  if (!bias || turned || !known || inside! % 2 || (found.axis && !lastAxis(graph, found.axis))) return undefined
  const position = found.position ? [found.position] : []
  return {
    inputs: [found.x!, found.weights!, found.bias!, ...position],
    params: {
      epsilon: found.epsilon ? graph.numbers(found.epsilon)[0] : undefined,
      positioned: found.position ? outside! : 0,
      residual: false,
      activation,
    },
  }
}

function lastAxis(graph: Subject, axis: string): boolean {
  const axes = graph.numbers(axis)
  return axes.length === 1 && (axes[0] === -1 || axes[0] === 2)
}

/** activation(x W + b) + residual, where the sum is of one shape. */
const withResidual: Rule = {
  op: '_Dense',
  pattern: op('AddV2', any('residual'), view(DENSE)),
  build(graph, found) {
    const dense = denseOf(graph, found)
    if (!dense || graph.constants.has(found.residual!)) return undefined
    return { inputs: [...dense.inputs, found.residual!], params: { ...dense.params, residual: true } }
  },
}

/** A ReLU behind a reshape, which TensorFlow's optimizer does not fuse. */
const withRelu: Rule = {
  op: '_Dense',
  pattern: op('Relu', op('Reshape', DENSE, constant('shape'))),
  build(graph, found) {
    const dense = denseOf(graph, found)
    const shape = graph.numbers(found.shape!)
    if (!dense || shape.includes(-1)) return undefined
    return { inputs: dense.inputs, params: { ...dense.params, activation: 'relu', shape } }
  },
}

const alone: Rule = {
  op: '_Dense',
  pattern: DENSE,
  build: denseOf,
}

/** A 1x1 convolution is a linear layer on pixels. */
const pointwise: Rule = {
  op: '_Dense',
  pattern: op('_FusedConv2D', any('x'), constant('weights'), constant('bias')),
  build(graph, found, value) {
    const attributes = graph.attributes(value)
    const { bias, activation } = fusion(attributes)
    const [height, width, inside, outside] = graph.shape(found.weights!)
    const plain = height === 1 && width === 1 && attributes.ints('strides').every((stride) => stride === 1)
    if (!bias || activation !== 'linear' || !plain || inside! % 2 || outside! % 2) return undefined
    const weights = `${value}/weights`
    graph.constants.set(weights, { ...graph.constants.get(found.weights!)!, shape: [inside!, outside!] })
    const params: DenseParams = { epsilon: undefined, positioned: 0, residual: false, activation, image: true }
    return { inputs: [found.x!, weights, found.bias!], params }
  },
}

export const tokenRules = [withResidual, withRelu, alone]
export const denseRules = [...tokenRules, pointwise]

/**
 * Linear layers of the same tokens side by side, as one node: those with the position first. Each as its match of DENSE, with
 * a factor on its output. Undefined where they cannot be one.
 */
export function sideBySide(
  graph: Subject,
  name: string,
  layers: { found: Found; factor: number }[],
): NodeDef | undefined {
  const all = layers.map(({ found }) => denseOf(graph, found))
  const first = all[0]
  const widths = layers.map(({ found }) => graph.shape(found.weights!)[1]!)
  let positioned = 0
  for (const [at, each] of all.entries()) {
    if (!first || !each || each.inputs[0] !== first.inputs[0]) return undefined
    if (each.params.epsilon !== first.params.epsilon || each.params.activation !== 'linear') return undefined
    if (!each.params.positioned) continue
    // Behind one without, or of another position.
    if (each.inputs[3] !== first.inputs[3] || positioned !== sum(widths.slice(0, at))) return undefined
    positioned += widths[at]!
  }
  const [inside] = graph.shape(layers[0]!.found.weights!)
  const outside = sum(widths)
  const [weights, bias] = [new Float32Array(inside! * outside), new Float32Array(outside)]
  let start = 0
  for (const [at, { found, factor }] of layers.entries()) {
    const [columns, shifts] = [graph.numbers(found.weights!), graph.numbers(found.bias!)]
    const width = widths[at]!
    for (let column = 0; column < width; column++) {
      bias[start + column] = shifts[column]! * factor
      for (let row = 0; row < inside!; row++) {
        weights[row * outside + start + column] = columns[row * width + column]! * factor
      }
    }
    start += width
  }
  graph.constants.set(`${name}/weights`, { shape: [inside!, outside], dtype: 'float32', values: weights })
  graph.constants.set(`${name}/bias`, { shape: [outside], dtype: 'float32', values: bias })
  const [x, , , position] = first!.inputs
  return {
    name,
    op: '_Dense',
    input: [x!, `${name}/weights`, `${name}/bias`, ...(position ? [position] : [])],
    params: { ...first!.params, positioned },
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
