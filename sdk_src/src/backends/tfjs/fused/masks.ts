import { any, constant, either, named, number, ones, op, type Pattern, type Subject, view } from './pattern.ts'
import type { Rule } from './rewrite.ts'

/**
 * Mask logits: embedding times pixel features, plus a paraboloid over the query's box, bounded far from it. Inputs: pixels
 * [1, grid, grid, M], embeddings [T, M], boxes [T, 4] (cxcywh). Output [1, T - first, side, side].
 */
export interface MasksParams {
  grid: number
  side: number
  /** Queries before it have masks that are not asked for. */
  first: number
  /** Least side of a box; most of a squared distance in half boxes; height of the paraboloid. */
  least: number
  most: number
  height: number
}

/** Numbers begin:end along the last axis. */
function columns(pattern: Pattern, name: string): Pattern {
  return op('StridedSlice', pattern, constant(`${name}.begin`), constant(`${name}.end`), ones)
}

/** Sides are bounded from below, distances from above; the other bound is float32's own. */
const clipped = (pattern: Pattern, name: string) =>
  op('Maximum', op('Minimum', pattern, constant(`${name}.most`)), constant(`${name}.least`))
const HALF = named('half', op('Mul', clipped(columns(any('boxes'), 'sides'), 'side'), number(0.5)))
/** Squared distance from the box's middle along one axis. */
const along = (axis: string) =>
  clipped(
    op(
      'Square',
      op(
        'RealDiv',
        op('Sub', constant(`${axis}.places`), columns(any('boxes'), `${axis}.center`)),
        columns(HALF, `${axis}.half`),
      ),
    ),
    axis,
  )
const APPEARANCE = op(
  'Transpose',
  op(
    'BatchMatMulV2',
    view(any('pixels')),
    op('Reshape', op('Transpose', view(any('embeddings')), constant('turn')), any('turned')),
  ),
  constant('order'),
)
const MASKS = op(
  'Sub',
  op(
    'AddV2',
    op('Reshape', APPEARANCE, constant('shape')),
    op('Reshape', op('Sub', constant('height'), along('x')), any('x.shape')),
  ),
  op('Reshape', along('y'), any('y.shape')),
)
/** Cropped where the image was padded, then the queries behind the slots. */
const cropped = (pattern: Pattern, name: string) =>
  op('StridedSlice', pattern, any(`${name}.begin`), constant(name), ones)
const WHOLE = named('whole', either(cropped(cropped(MASKS, 'down'), 'right'), MASKS))

export const masks: Rule = {
  op: '_Masks',
  pattern: op('StridedSlice', WHOLE, constant('begin'), constant('end'), ones),
  build(graph, found) {
    const [, , grid] = graph.numbers(found.shape!)
    const side = found.down ? graph.numbers(found.down).at(-2)! : grid!
    const first = graph.numbers(found.begin!)[1]!
    const value = (name: string) => graph.numbers(found[name]!)[0]!
    const centered = ['x.places', 'y.places'].every((name) =>
      graph.numbers(found[name]!).every((place, at) => Math.abs(place - (at + 0.5) / grid!) < 1e-6),
    )
    const bounded = value('x.most') === value('y.most') && value('x.least') < -1e30 && value('side.most') > 1e30
    if (!centered || !bounded || !boxColumns(graph, found) || grid! % 2 || side % 2) return undefined
    const inputs = [found.pixels!, found.embeddings!, found.boxes!]
    const [least, most, height] = [value('side.least'), value('x.most'), value('height')]
    return { inputs, params: { grid: grid!, side, first, least, most, height } satisfies MasksParams }
  },
}

/** Whether x and y are taken from where a box has them. */
function boxColumns(graph: Subject, found: Record<string, string>): boolean {
  const names = ['x.center', 'y.center', 'x.half', 'y.half', 'sides']
  const ranges = names.map((name) =>
    [`${name}.begin`, `${name}.end`].map((each) => graph.numbers(found[each]!).at(-1)).join('-'),
  )
  return ranges.join(' ') === '0-1 1-2 0-1 1-2 2-4'
}
