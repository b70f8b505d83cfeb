import { any, constant, named, ones, op, type Pattern, view } from './pattern.ts'
import type { Rule } from './rewrite.ts'

/**
 * Which rows become queries: for each column of the scores but the first the best row, then the best `count` of the first
 * column. Input: scores [S, columns]. Output [columns - 1 + count], ties by the lower row.
 */
export interface SelectionParams {
  rows: number
  columns: number
  count: number
}

const BY_KIND = named('by_kind', op('Transpose', view(any('scores')), constant('order')))
const CHOICE: Pattern = op(
  'ConcatV2',
  op('ArgMax', op('StridedSlice', BY_KIND, constant('begin'), constant('end'), ones), constant('axis')),
  named(
    'best',
    op(
      'TopKV2',
      op('Reshape', op('Slice', any('by_kind'), constant('first'), constant('size')), constant('row')),
      constant('count'),
    ),
  ),
  constant('joined'),
)

export const selection: Rule = {
  op: '_Selection',
  pattern: op('Reshape', CHOICE, any('flat')),
  build(graph, found) {
    const [count] = graph.numbers(found.count!)
    const [, rows] = graph.numbers(found.row!)
    const [columns] = graph.numbers(found.end!).slice(1)
    const right =
      found.best!.endsWith(':1') &&
      graph.numbers(found.order!).join() === '0,2,1' &&
      graph.numbers(found.begin!)[1] === 1 &&
      graph.numbers(found.first!).join() === '0,0,0'
    if (!right || !rows || rows % 2) return undefined
    return { inputs: [found.scores!], params: { rows, columns: columns!, count: count! } satisfies SelectionParams }
  },
}

/** Rows of a table that a selection names. Inputs: table [S, C], rows. Output [rows, C]. */
export const gather: Rule = {
  op: '_Gather',
  pattern: op('GatherV2', view(any('table')), named('index', op('Reshape', CHOICE, any('flat'))), constant('along')),
  build(graph, found) {
    const index = selection.pattern(graph, found.index!, {})
    if (!index || !selection.build(graph, index, found.index!) || graph.numbers(found.along!)[0] !== 0) return undefined
    return { inputs: [found.table!, found.index!], params: undefined }
  },
}
