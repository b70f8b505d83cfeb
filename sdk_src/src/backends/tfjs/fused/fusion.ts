import type { GraphDef } from '../graph_def.ts'
import type { Op } from '../op.ts'
import type { Tail } from './tail.ts'

/** Operators that stand in the place of several of a graph's, on one backend. */
export interface Fusion {
  ops: Record<string, Op>
  /** The graph with these operators in it. */
  rewrite(graph: GraphDef): GraphDef
  /** Where it is cheaper than launches: what computes the graph's end. */
  tail?: (graph: GraphDef) => Tail
}
