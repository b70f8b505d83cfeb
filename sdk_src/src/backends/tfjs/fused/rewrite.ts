import type { GraphDef, NodeDef } from '../graph_def.ts'
import { type Found, type Pattern, Subject } from './pattern.ts'

/** A fused operator in the place of what computes a value. */
export interface Rule {
  /** The fused operator. */
  op: string
  pattern: Pattern
  /**
   * What the operator gets; undefined where it cannot compute this. `more`: nodes that it needs beside itself. Looks at the
   * graph as it was read: rules do not see each other's work.
   */
  build(graph: Subject, found: Found, value: string): Fused | undefined
}

export interface Fused {
  inputs: string[]
  params: unknown
  more?: NodeDef[]
}

/**
 * A graph whose sub-graphs are computed by fused operators wherever a rule of these operators matches. What only the inside
 * of a sub-graph needed stays in it and is never run.
 */
export function rewrite({ nodes, constants }: GraphDef, rules: Rule[]): GraphDef {
  const graph = new Subject(nodes, new Map(constants))
  const result = new Map(nodes)
  for (const name of nodes.keys()) {
    for (const { op, pattern, build } of rules) {
      const found = pattern(graph, name, {})
      const fused = found && build(graph, found, name)
      if (!fused) continue
      result.set(name, { name, op, input: fused.inputs, params: fused.params })
      for (const node of fused.more ?? []) result.set(node.name, node)
      break
    }
  }
  for (const name of graph.constants.keys()) if (!result.has(name)) result.set(name, { name, op: 'Const' })
  return { nodes: result, constants: graph.constants }
}
