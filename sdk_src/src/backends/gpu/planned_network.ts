import type { ModelFiles } from '../../models_cache/models.ts'
import type { Input, Network, Rows } from '../backend.ts'
import { type GraphDef, tensorName } from '../tfjs/graph_def.ts'
import type { Executor } from './executor.ts'
import { type Plan, planOf } from './plan.ts'

/** Shapes of a network's input that stay ready: photos come in many, tracked hands in few. */
const SHAPES_KEPT = 8

/** Computes for one shape and some outputs. */
interface Way {
  plan?: Plan | undefined
  run(input: Input, rows?: Rows): Promise<Float32Array[]>
}

/** A network by an executor of ours where it can, by TensorFlow.js's kernels where it cannot. */
export class PlannedNetwork implements Network {
  readonly #files: ModelFiles
  readonly #graph: GraphDef
  readonly #executor: Executor
  readonly #fallback: () => Promise<Network>
  /** By shape and outputs, the last used at the end. */
  readonly #ways = new Map<string, Way | Promise<Way>>()
  #network: Promise<Network> | undefined
  #disposed = false

  /** fallback: the network by TensorFlow.js's kernels, for what has no plan or fails on the device. */
  constructor(files: ModelFiles, graph: GraphDef, executor: Executor, fallback: () => Promise<Network>) {
    this.#files = files
    this.#graph = graph
    this.#executor = executor
    this.#fallback = fallback
  }

  async prepare(shape: number[], outputs: string[]): Promise<void> {
    await this.#way(shape, outputs)
  }

  async run(input: Input, shape: number[], outputs: string[], rows?: Rows): Promise<Float32Array[]> {
    const way = this.#way(shape, outputs)
    // What is prepared has read the input before anything is awaited.
    const read = await (way instanceof Promise ? await way : way).run(input, rows)
    // The backend was lost meanwhile: another inference may use the core now.
    this.#requireLife()
    return read
  }

  dispose(): void {
    this.#disposed = true
    this.#executor.release([...this.#ways.values()].flatMap((way) => ('plan' in way && way.plan ? [way.plan] : [])))
    this.#ways.clear()
    this.#network?.then(
      (network) => network.dispose(),
      () => {},
    )
  }

  #requireLife(): void {
    if (this.#disposed) throw new Error('the network is disposed')
  }

  #way(shape: number[], outputs: string[]): Way | Promise<Way> {
    const key = `${shape} ${outputs}`
    const way = this.#ways.get(key) ?? this.#prepared(key, shape, outputs)
    this.#ways.delete(key)
    this.#ways.set(key, way)
    return way
  }

  async #prepared(key: string, shape: number[], outputs: string[]): Promise<Way> {
    try {
      const way = (await this.#planned(shape, outputs)) ?? (await this.#unplanned(shape, outputs))
      this.#ways.set(key, way)
      this.#forgetOldest()
      return way
    } catch (thrown) {
      this.#ways.delete(key)
      throw thrown
    }
  }

  async #planned(shape: number[], outputs: string[]): Promise<Way | undefined> {
    const names = outputs.map((output) => tensorName(this.#files.outputs[output] ?? output))
    const plan = planOf(this.#graph, shape, names)
    if (!plan) return undefined
    try {
      await this.#executor.prepare(plan)
    } catch {
      return undefined
    }
    if (this.#disposed) this.#executor.release([plan])
    this.#requireLife()
    return { plan, run: (input) => this.#executor.run(plan, input) }
  }

  async #unplanned(shape: number[], outputs: string[]): Promise<Way> {
    this.#network ??= this.#fallback()
    const network = await this.#network
    this.#requireLife()
    return { run: (input, rows) => network.run(input, shape, outputs, rows) }
  }

  #forgetOldest(): void {
    for (const [key, way] of this.#ways) {
      if (this.#ways.size <= SHAPES_KEPT) return
      if (way instanceof Promise) continue
      this.#ways.delete(key)
      if (way.plan) this.#executor.release([way.plan])
    }
  }
}
