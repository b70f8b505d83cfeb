import { Attributes } from '../attributes.ts'
import { type GraphDef, inputsOf, type NodeDef, nodeName } from '../graph_def.ts'

/** Plain numbers. */
export interface Numbers {
  shape: number[]
  values: ArrayLike<number>
}

/** What is cheaper in JavaScript than a launch each, once the few numbers that it needs are read back. */
const CHEAP = new Set(['StridedSlice', 'Mul', 'AddV2', 'Reshape'])
const MASKED = ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask']

/**
 * The end of a graph: slices and sums of some boxes and scores. An output that is computed from a few small values by cheap
 * operators alone is computed here, so that its operators are not launched, and outputs of one value are read back once.
 */
export class Tail {
  readonly #nodes: GraphDef['nodes']
  readonly #constants: GraphDef['constants']

  constructor({ nodes, constants }: GraphDef) {
    this.#nodes = nodes
    this.#constants = constants
  }

  /** The values that an output is computed from here; itself where it is not. */
  sources(output: string): string[] {
    const node = this.#nodes.get(nodeName(output))
    if (!node || !this.#cheap(node)) return [output]
    return [
      ...new Set(
        inputsOf(node)
          .filter((input) => !this.#constants.has(input))
          .flatMap((input) => this.sources(input)),
      ),
    ]
  }

  /** An output, from what `sources` gave. */
  compute(output: string, values: ReadonlyMap<string, Numbers>): Numbers {
    const known = values.get(output) ?? this.#constants.get(output)
    if (known) return known
    const node = this.#nodes.get(nodeName(output))!
    const inputs = inputsOf(node)
    const input = (at: number) => this.compute(inputs[at]!, values)
    if (node.op === 'Mul') return pairwise(input(0), input(1), (a, b) => a * b)
    if (node.op === 'AddV2') return pairwise(input(0), input(1), (a, b) => a + b)
    const x = input(0)
    if (node.op === 'Reshape') return { shape: Array.from(input(1).values), values: x.values }
    const attributes = new Attributes(node.attr)
    return sliced(x, input(1).values, input(2).values, attributes.int('begin_mask'), attributes.int('end_mask'))
  }

  #cheap(node: NodeDef): boolean {
    if (!CHEAP.has(node.op)) return false
    const inputs = inputsOf(node)
    const numbers = (at: number) => Array.from(this.#constants.get(inputs[at]!)?.values ?? [-1])
    if (node.op === 'Reshape') return !numbers(1).includes(-1)
    if (node.op !== 'StridedSlice') return true
    const attributes = new Attributes(node.attr)
    return MASKED.every((name) => attributes.int(name) === 0) && numbers(3).every((step) => step === 1)
  }
}

function pairwise(a: Numbers, b: Numbers, f: (a: number, b: number) => number): Numbers {
  const rank = Math.max(a.shape.length, b.shape.length)
  const [first, second] = [a, b].map(({ shape }) => [...new Array(rank - shape.length).fill(1), ...shape] as number[])
  const shape = first!.map((side, axis) => Math.max(side, second![axis]!))
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1))
  const at = (sides: number[], place: number[]) =>
    sides.reduce((index, side, axis) => index * side + (side === 1 ? 0 : place[axis]!), 0)
  values.forEach((_, index) => {
    const place = placeOf(index, shape)
    values[index] = f(a.values[at(first!, place)]!, b.values[at(second!, place)]!)
  })
  return { shape, values }
}

/** Begins and ends may count from the end; masked ones are the axis's own. */
function sliced(
  x: Numbers,
  begin: ArrayLike<number>,
  end: ArrayLike<number>,
  beginMask: number,
  endMask: number,
): Numbers {
  const bound = (value: number, side: number) => Math.min(Math.max(value < 0 ? value + side : value, 0), side)
  const from = x.shape.map((side, axis) => ((beginMask >> axis) & 1 ? 0 : bound(begin[axis]!, side)))
  const to = x.shape.map((side, axis) => ((endMask >> axis) & 1 ? side : bound(end[axis]!, side)))
  const shape = to.map((last, axis) => Math.max(last - from[axis]!, 0))
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1))
  values.forEach((_, index) => {
    const place = placeOf(index, shape)
    values[index] = x.values[x.shape.reduce((flat, side, axis) => flat * side + from[axis]! + place[axis]!, 0)]!
  })
  return { shape, values }
}

function placeOf(index: number, shape: number[]): number[] {
  const place = new Array<number>(shape.length)
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] = index % shape[axis]!
    index = Math.floor(index / shape[axis]!)
  }
  return place
}
