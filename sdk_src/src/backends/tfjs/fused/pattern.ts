import { Attributes } from '../attributes.ts'
import { inputsOf, type NodeDef, nodeName } from '../graph_def.ts'
import type { Constant } from '../weights.ts'

/** A graph as it is read from its file: what patterns look at. */
export class Subject {
  readonly nodes: ReadonlyMap<string, NodeDef>
  /** Kernels' constants are added to it. */
  readonly constants: Map<string, Constant>

  constructor(nodes: ReadonlyMap<string, NodeDef>, constants: Map<string, Constant>) {
    this.nodes = nodes
    this.constants = constants
  }

  node(value: string): NodeDef | undefined {
    return this.nodes.get(nodeName(value))
  }

  attributes(value: string): Attributes {
    return new Attributes(this.node(value)?.attr)
  }

  /** The numbers of a constant. */
  numbers(value: string): number[] {
    return Array.from(this.constants.get(value)?.values ?? [])
  }

  shape(value: string): number[] {
    return this.constants.get(value)?.shape ?? []
  }

  /** The value that a chain of reshapes shows. */
  origin(value: string): string {
    let node = this.node(value)
    while (node?.op === 'Reshape') {
      value = inputsOf(node)[0]!
      node = this.node(value)
    }
    return value
  }
}

/** The values that a pattern names. */
export type Found = Readonly<Record<string, string>>

/** Whether a value is computed in a certain way; what was found so far, and what its parts are. */
export type Pattern = (graph: Subject, value: string, found: Found) => Found | undefined

const COMMUTATIVE = new Set(['Add', 'AddV2', 'AddN', 'Mul', 'Minimum', 'Maximum'])

/** Any value; the same wherever the name stands again. */
export function any(name: string): Pattern {
  return (_, value, found) => {
    if (name in found) return found[name] === value ? found : undefined
    return { ...found, [name]: value }
  }
}

/** A constant of the graph. */
export function constant(name: string): Pattern {
  return (graph, value, found) => (graph.constants.has(value) ? any(name)(graph, value, found) : undefined)
}

/** A constant scalar of this value. */
export function number(expected: number): Pattern {
  return (graph, value, found) => {
    const numbers = graph.constants.has(value) ? graph.numbers(value) : []
    return numbers.length === 1 && Math.abs(numbers[0]! - expected) < 1e-6 ? found : undefined
  }
}

/** A constant that holds nothing but ones: the steps of a slice that skips nothing. */
export const ones: Pattern = (graph, value, found) =>
  graph.constants.has(value) && graph.numbers(value).every((each) => each === 1) ? found : undefined

/** An operator on what the patterns say; sums, products and the like in either order. */
export function op(type: string, ...parts: Pattern[]): Pattern {
  return (graph, value, found) => {
    const node = graph.node(value)
    if (node?.op !== type) return undefined
    const inputs = inputsOf(node)
    if (inputs.length !== parts.length) return undefined
    const orders = parts.length === 2 && COMMUTATIVE.has(type) ? [inputs, inputs.toReversed()] : [inputs]
    for (const order of orders) {
      let all: Found | undefined = found
      for (const [at, part] of parts.entries()) all = all && part(graph, order[at]!, all)
      if (all) return all
    }
    return undefined
  }
}

/** The first that fits. */
export function either(...patterns: Pattern[]): Pattern {
  return (graph, value, found) => {
    for (const pattern of patterns) {
      const all = pattern(graph, value, found)
      if (all) return all
    }
    return undefined
  }
}

/** The same numbers in another shape, or in the same. */
export function view(pattern: Pattern): Pattern {
  return (graph, value, found) => pattern(graph, graph.origin(value), found)
}

/** What the pattern says, of a value of which this holds. */
export function where(holds: (graph: Subject, value: string) => boolean, pattern: Pattern): Pattern {
  return (graph, value, found) => (holds(graph, value) ? pattern(graph, value, found) : undefined)
}

/** What the pattern says, and the value itself under a name. */
export function named(name: string, pattern: Pattern): Pattern {
  return (graph, value, found) => {
    const all = pattern(graph, value, found)
    return all && any(name)(graph, value, all)
  }
}

/** What the pattern says, with each of its names behind a prefix: for a pattern that stands twice in another. */
export function prefixed(prefix: string, pattern: Pattern): Pattern {
  return (graph, value, found) => {
    const all = pattern(graph, value, {})
    if (!all) return undefined
    let joined: Found | undefined = found
    for (const [name, each] of Object.entries(all)) joined = joined && any(prefix + name)(graph, each, joined)
    return joined
  }
}
