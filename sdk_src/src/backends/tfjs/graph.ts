import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { ModelFiles } from '../../models_cache/models.ts'
import type { Input, Network, Rows } from '../backend.ts'
import { Attributes } from './attributes.ts'
import { type GraphDef, inputsOf, nodesInOrder, readGraph, tensorName } from './graph_def.ts'
import { type Call, kernel, type Op } from './op.ts'

/** One node in its place, and the values that nobody needs after it. */
interface Step {
  name: string
  op: Op
  inputs: string[]
  attributes: Attributes
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
  #disposed = false

  /** ops: the operators by their TensorFlow names. Throws when the graph has another one. */
  constructor(files: ModelFiles, ops: Record<string, Op>, graph = readGraph(files)) {
    this.#files = files
    this.#ops = ops
    this.#graph = graph
  }

  async prepare(): Promise<void> {}

  async run(input: Input, shape: number[], outputs: string[], rows?: Rows): Promise<Float32Array[]> {
    const name = (output: string) => tensorName(this.#files.outputs[output] ?? output)
    const names = outputs.map(name)
    const more = rows ? [name(rows.output)] : []
    const values = new Map<string, Tensor>()
    const free = (name: string) => {
      values.get(name)?.dispose()
      values.delete(name)
    }
    try {
      const given = input instanceof Float32Array ? ENGINE.makeTensor(input, shape, 'float32') : input.tensor(shape)
      values.set(tensorName(this.#files.input), given as Tensor)
      for (const step of this.#plan([...names, ...more])) {
        const results = [step.op.run(this.#call(step, values))].flat()
        results.forEach((tensor, index) => {
          values.set(index === 0 ? step.name : `${step.name}:${index}`, tensor)
        })
        step.frees.forEach(free)
      }
      const read = await Promise.all(names.map((name) => values.get(name)!.data<'float32'>()))
      // The backend was lost meanwhile: another inference may use the core now.
      this.#requireLife()
      if (!rows) return read
      read.push(await gathered(values.get(more[0]!)!, rows.choose(read)))
      this.#requireLife()
      return read
    } finally {
      for (const name of [...values.keys()]) free(name)
    }
  }

  #requireLife(): void {
    if (this.#disposed) throw new Error('the network is disposed')
  }

  dispose(): void {
    this.#disposed = true
    for (const tensor of this.#tensors.values()) tensor.dispose()
    this.#tensors.clear()
  }

  #call({ name, inputs, attributes }: Step, values: Map<string, Tensor>): Call {
    return {
      attributes,
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
      return { name: node.name, op, inputs: inputsOf(node), attributes: new Attributes(node.attr), frees: [] }
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

/** Rows along the second axis, read back. */
async function gathered(x: Tensor, rows: number[]): Promise<Float32Array> {
  if (rows.length === 0) return new Float32Array()
  const padded = Math.ceil(rows.length / ROWS_STEP) * ROWS_STEP
  const places = Int32Array.from({ length: padded }, (_, at) => rows[Math.min(at, rows.length - 1)]!)
  const indices = ENGINE.makeTensor(places, [padded], 'int32')
  const some = kernel('GatherV2', { x, indices }, { axis: 1, batchDims: 0 })
  try {
    return await some.data<'float32'>()
  } finally {
    indices.dispose()
    some.dispose()
  }
}
