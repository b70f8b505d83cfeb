import { part } from './attention.ts'
import { DENSE, sideBySide } from './dense.ts'
import { any, constant, named, number, ones, op, type Pattern, prefixed, type Subject, view } from './pattern.ts'
import type { Rule } from './rewrite.ts'

/**
 * Multi-scale deformable attention: for each token and head the weighted mean of what the memory holds at some points, by
 * bilinear sampling, zero outside. Inputs: boxes [T, 4] (cxcywh), offsets and weights (columns of one value, or of two),
 * memory [S, heads size]. Output [T heads, 1, size].
 */
export interface SamplingParams {
  heads: number
  size: number
  /** Points a head. Their offsets and weights lie head by head. */
  samples: number
  /** Factor on offset times box. */
  scale: number
  /** Of each sample's level: width, height, first row of the memory. */
  levels: [width: number, height: number, start: number][]
  /** Columns of all offsets and weights, and where those of each begin. */
  offsets: { width: number; start: number }
  weights: { width: number; start: number }
}

/** The same four times, side by side: one for each neighbour. */
function fourTimes(name: string, pattern: Pattern): Pattern {
  const same = named(name, pattern)
  return op('ConcatV2', same, any(name), any(name), any(name), constant(`${name}.axis`))
}

/** box[..., begin:end] of [T, 1, 1, 4]. */
function ofBox(name: string): Pattern {
  return op(
    'StridedSlice',
    op('Reshape', any('boxes'), constant('boxes.shape')),
    constant(name),
    constant(`${name}.end`),
    ones,
  )
}

const OFFSETS = op('Reshape', view(prefixed('offsets.', DENSE)), constant('offsets.shape'))
const PLACES = op('AddV2', ofBox('center'), op('Mul', op('Mul', constant('scale'), ofBox('extent')), OFFSETS))
const POSITION = named('position', op('Sub', op('Mul', PLACES, constant('size')), number(0.5)))
const INDEX = named('index', op('AddV2', fourTimes('floor', op('Floor', POSITION)), constant('corner')))
const INSIDE = named('inside', op('Minimum', op('Relu', INDEX), constant('last')))

/** 1 - |a - b|, 0 where that is less. */
function nearness(a: Pattern, b: Pattern): Pattern {
  return op('Relu', op('Sub', number(1), op('Abs', op('Sub', a, b))))
}

const SHARE = named(
  'share',
  op('Mul', nearness(INDEX, fourTimes('positions', any('position'))), nearness(any('index'), INSIDE)),
)
const alongX = op('Reshape', op('Slice', SHARE, constant('x'), any('x.size')), any('x.shape'))
const alongY = op('Reshape', op('Slice', any('share'), constant('y'), any('y.size')), any('y.shape'))
const WEIGHTS = fourTimes(
  'softmax',
  op('Softmax', op('Reshape', prefixed('weights.', DENSE), constant('weights.shape'))),
)
const ROW = op(
  'AddV2',
  op('Sum', op('Mul', any('inside'), constant('step')), constant('step.axis')),
  constant('origin'),
)

const SAMPLING = op(
  'BatchMatMulV2',
  op('Reshape', op('Mul', op('Mul', alongX, alongY), WEIGHTS), any('share.shape')),
  op(
    'Reshape',
    op('GatherV2', op('Reshape', any('memory'), constant('table')), op('Cast', view(ROW)), constant('rows')),
    any('found.shape'),
  ),
)

/** What both rules know; undefined where the constants are not those of deformable attention. */
function paramsOf(
  graph: Subject,
  found: Record<string, string>,
): Omit<SamplingParams, 'offsets' | 'weights'> | undefined {
  const [, heads, samples] = graph.numbers(found['offsets.shape']!)
  const [, size] = graph.numbers(found.table!)
  const [extents, origin] = [graph.numbers(found.size!), graph.numbers(found.origin!)]
  const [center, extent] = [found.center!, found.extent!].map((name) => graph.numbers(name).at(-1))
  if (center !== 0 || extent !== 2 || !heads || !samples || extents.length !== 2 * samples) return undefined
  const levels = Array.from({ length: samples }, (_, at): [number, number, number] => {
    // Origins of the first token and head, the first neighbours: the level's first row, in rows of one head.
    return [extents[2 * at]!, extents[2 * at + 1]!, origin[at]! / heads]
  })
  const steps = graph.numbers(found.step!)
  const last = graph.numbers(found.last!)
  const right = levels.every(
    ([width, height], at) =>
      steps[2 * at] === heads &&
      steps[2 * at + 1] === width * heads &&
      last[2 * at] === width - 1 &&
      last[2 * at + 1] === height - 1,
  )
  if (!right) return undefined
  return { heads, size: size!, samples, levels, scale: graph.numbers(found.scale!)[0]! }
}

/** With offsets and weights of one product. */
export const sampling: Rule = {
  op: '_Sampling',
  pattern: SAMPLING,
  build(graph, found, value) {
    const params = paramsOf(graph, found)
    const layers = ['offsets.', 'weights.'].map((prefix) => ({ found: part(found, prefix), factor: 1 }))
    const both = params && sideBySide(graph, `${value}/points`, layers)
    if (!both) return undefined
    const width = 3 * params.heads * params.samples
    const [offsets, weights] = [
      { width, start: 0 },
      { width, start: (width / 3) * 2 },
    ]
    return {
      inputs: [found.boxes!, both.name, both.name, found.memory!],
      params: { ...params, offsets, weights },
      more: [both],
    }
  },
}

/** With offsets and weights as the graph computes them. */
export const samplingAlone: Rule = {
  op: '_Sampling',
  pattern: SAMPLING,
  build(graph, found) {
    const params = paramsOf(graph, found)
    if (!params) return undefined
    const width = params.heads * params.samples
    const inputs = [found.boxes!, found['offsets.dense']!, found['weights.dense']!, found.memory!]
    return { inputs, params: { ...params, offsets: { width: 2 * width, start: 0 }, weights: { width, start: 0 } } }
  },
}
