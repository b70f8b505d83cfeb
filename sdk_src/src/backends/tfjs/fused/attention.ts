import { DENSE, sideBySide } from './dense.ts'
import { constant, either, type Found, op, type Pattern, prefixed, view } from './pattern.ts'
import type { Rule } from './rewrite.ts'

/** softmax(q kᵀ) v. Input: q, k, v side by side [T, 3 heads size]. Output [1, T, heads, size]. */
export interface AttentionParams {
  heads: number
  size: number
}

const QUERY = either(op('Mul', view(prefixed('q.', DENSE)), constant('scale')), prefixed('q.', DENSE))

/** Tokens' channels, one head a matrix. */
function heads(name: string, channels: Pattern): Pattern {
  return op('Transpose', op('Reshape', view(channels), constant(`${name}.shape`)), constant(`${name}.order`))
}

export const attention: Rule = {
  op: '_Attention',
  pattern: op(
    'Transpose',
    op(
      'BatchMatMulV2',
      op('Softmax', op('BatchMatMulV2', heads('q', QUERY), heads('k', prefixed('k.', DENSE)))),
      heads('v', prefixed('v.', DENSE)),
    ),
    constant('order'),
  ),
  build(graph, found, value) {
    const orders = ['q.order', 'k.order', 'v.order', 'order'].map((name) => graph.numbers(found[name]!).join())
    if (orders.join(' ') !== '0,2,1,3 0,2,3,1 0,2,1,3 0,2,1,3') return undefined
    const [batch, , count, size] = graph.numbers(found['q.shape']!)
    if (batch !== 1 || size! % 2) return undefined
    const factor = found.scale ? graph.numbers(found.scale)[0]! : 1
    const layers = ['q.', 'k.', 'v.'].map((prefix) => ({
      found: part(found, prefix),
      factor: prefix === 'q.' ? factor : 1,
    }))
    const all = sideBySide(graph, `${value}/qkv`, layers)
    return all && { inputs: [all.name], params: { heads: count!, size: size! } satisfies AttentionParams, more: [all] }
  },
}

/** What a prefixed pattern found. */
export function part(found: Found, prefix: string): Found {
  const names = Object.keys(found).filter((name) => name.startsWith(prefix))
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), found[name]!]))
}
