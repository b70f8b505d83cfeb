import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { ModelFiles } from '../../models_cache/models.ts'
import type { Input, Network, Rows } from '../backend.ts'
import { Attributes } from './attributes.ts'
import type { Fusion } from './fused/fusion.ts'
import type { Numbers, Tail } from './fused/tail.ts'
import { type GraphDef, inputsOf, nodesInOrder, readGraph, tensorName } from './graph_def.ts'
import { type Call, kernel, type Op } from './op.ts'

/** One node in its place, and the values that nobody needs after it. */
interface Step {
  name: string
  op: Op
  inputs: string[]
  attributes: Attributes
  params: unknown
  frees: string[]
}

/**
 * A graph model on the current backend of TensorFlow.js.
 *
 * In the place of tfjs-converter, which brings every operator along: 5 kB instead of 60. Shapes and axes have to be
 * constants of the graph, and there is no control flow; the build's numeric gates hold every graph to that.
 */
export class Graph implements Network {
  readonly #files: ModelFiles
  readonly #ops: Record<string, Op>
  readonly #graph: GraphDef
  /** Constants on the backend, each from its first use on. */
  readonly #tensors = new Map<string, Tensor>()
  readonly #plans = new Map<string, Step[]>()
  readonly #tail: Tail | undefined
  readonly #fusion: Fusion | undefined
  #disposed = false

  /**
   * ops: the operators by their TensorFlow names. Throws when the graph has another one. fusion: operators in the place of
   * several; none, and the graph runs as it is in its file. drawsFloats: see there.
   */
  constructor(
    files: ModelFiles,
    ops: Record<string, Op>,
    graph = readGraph(files),
    fusion?: Fusion,
    drawsFloats = false,
  ) {
    this.#files = files
    this.#ops = { ...ops, ...fusion?.ops }
    this.#graph = fusion?.rewrite(graph, drawsFloats) ?? graph
    this.#fusion = fusion
    this.#tail = fusion?.tail?.(this.#graph)
  }

  async prepare(): Promise<void> {}

  async run(input: Input, shape: number[], outputs: string[], rows?: Rows): Promise<Float32Array[]> {
    const name = (output: string) => tensorName(this.#files.outputs[output] ?? output)
    const names = outputs.map(name)
    const sources = [...new Set(names.flatMap((output) => this.#tail?.sources(output) ?? [output]))]
    const rowsOf = rows && name(rows.output)
    const values = new Map<string, Tensor>()
    const free = (name: string) => {
      values.get(name)?.dispose()
      values.delete(name)
    }
    let deferred: Step | undefined
    try {
      values.set(tensorName(this.#files.input), this.#input(input, shape))
      for (const step of this.#plan(rowsOf ? [...sources, rowsOf] : sources)) {
        if (step.name === rowsOf && step.op.rows) {
          deferred = step // the last; its inputs stay until the end
          continue
        }
        const results = [step.op.run(this.#call(step, values))].flat()
        results.forEach((tensor, index) => {
          values.set(index === 0 ? step.name : `${step.name}:${index}`, tensor)
        })
        step.frees.forEach(free)
      }
      const read = this.#outputs(names, await this.#read(sources, values))
      // The backend was lost meanwhile: another inference may use the core now.
      this.#requireLife()
      if (!rows) return read
      const chosen = rows.choose(read)
      const some = (padded: number[]) =>
        deferred ? deferred.op.rows!(this.#call(deferred, values), padded) : gathered(values.get(rowsOf!)!, padded)
      read.push(await this.#readRows(chosen, some))
      this.#requireLife()
      return read
    } finally {
      for (const name of [...values.keys()]) free(name)
    }
  }

  async #read(sources: string[], values: ReadonlyMap<string, Tensor>): Promise<Map<string, Numbers>> {
    const tensors = sources.map((name) => values.get(name)!)
    const read = await this.#data(tensors)
    return new Map(sources.map((name, at) => [name, { shape: tensors[at]!.shape, values: read[at]! }]))
  }

  #data(tensors: Tensor[]): Promise<Float32Array[]> {
    return this.#fusion?.read?.(tensors) ?? Promise.all(tensors.map((tensor) => tensor.data<'float32'>()))
  }

  /** Some rows, padded to a multiple of ROWS_STEP, read back. */
  async #readRows(rows: number[], some: (padded: number[]) => Tensor): Promise<Float32Array> {
    if (rows.length === 0) return new Float32Array()
    const count = Math.ceil(rows.length / ROWS_STEP) * ROWS_STEP
    const tensor = some(Array.from({ length: count }, (_, at) => rows[Math.min(at, rows.length - 1)]!))
    try {
      return (await this.#data([tensor]))[0]!
    } finally {
      tensor.dispose()
    }
  }

  #input(input: Input, shape: number[]): Tensor {
    const asItIs = this.#fusion?.input
    if (asItIs && this.#graph.nodes.get(tensorName(this.#files.input))?.params) return asItIs(input, shape)
    return input instanceof Float32Array ? (ENGINE.makeTensor(input, shape, 'float32') as Tensor) : input.tensor(shape)
  }

  #outputs(names: string[], read: ReadonlyMap<string, Numbers>): Float32Array[] {
    return names.map((name) => (read.get(name) ?? this.#tail!.compute(name, read)).values as Float32Array)
  }

  #requireLife(): void {
    if (this.#disposed) throw new Error('the network is disposed')
  }

  dispose(): void {
    this.#disposed = true
    for (const tensor of this.#tensors.values()) tensor.dispose()
    this.#tensors.clear()
  }

  #call({ name, inputs, attributes, params }: Step, values: Map<string, Tensor>): Call {
    return {
      attributes,
      params,
      count: inputs.length,
      input: (index) => values.get(inputs[index]!) ?? this.#tensor(inputs[index]!),
      constant: (index) => {
        const constant = this.#graph.constants.get(inputs[index]!)
        if (!constant) throw new Error(`input ${index} of ${name} is no constant of the graph`)
        return Array.from(constant.values)
      },
    }
  }

  #tensor(name: string): Tensor {
    let tensor = this.#tensors.get(name)
    if (!tensor) {
      const constant = this.#graph.constants.get(name)
      if (!constant) throw new Error(`the graph has no value ${name}`)
      tensor = ENGINE.makeTensor(constant.values, constant.shape, constant.dtype) as Tensor
      this.#tensors.set(name, tensor)
    }
    return tensor
  }

  /** The nodes that outputs need, each after its inputs. */
  #plan(outputs: string[]): Step[] {
    const key = outputs.join()
    const known = this.#plans.get(key)
    if (known) return known
    const steps = nodesInOrder(this.#graph, outputs).map((node): Step => {
      const op = this.#ops[node.op]
      if (!op) throw new Error(`the operator ${node.op} was not built in`)
      const { name, attr, params } = node
      return { name, op, inputs: inputsOf(node), attributes: new Attributes(attr), params, frees: [] }
    })
    const later = new Set(outputs)
    for (const step of steps.toReversed()) {
      for (const name of step.inputs) {
        if (!later.has(name) && !this.#graph.constants.has(name)) step.frees.push(name)
        later.add(name)
      }
    }
    this.#plans.set(key, steps)
    return steps
  }
}

/** So many rows are gathered at once: a GPU compiles its program anew for each other number. */
const ROWS_STEP = 5

/** Rows along the second axis. */
function gathered(x: Tensor, rows: number[]): Tensor {
  const indices = ENGINE.makeTensor(Int32Array.from(rows), [rows.length], 'int32')
  const some = kernel('GatherV2', { x, indices }, { axis: 1, batchDims: 0 })
  indices.dispose()
  return some
}
