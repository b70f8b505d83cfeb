import '@tensorflow/tfjs-core/dist/flags'
import type { KernelBackend } from '@tensorflow/tfjs-core/dist/backends/backend'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import { registerKernel } from '@tensorflow/tfjs-core/dist/kernel_registry'
import { fusion, kernels, ops } from '#kernels'
import type { ModelFiles } from '../../models_cache/models.ts'
import type { Backend } from '../../types.ts'
import type { Crops, Network, OpenBackend } from '../backend.ts'
import type { Executor } from '../gpu/executor.ts'
import { isPlanned } from '../gpu/plan.ts'
import { PlannedNetwork } from '../gpu/planned_network.ts'
import { checkPlans, measurePlans } from '../gpu/probe.ts'
import { Graph } from './graph.ts'
import { readGraph } from './graph_def.ts'
import './platform.ts'
import { checkAnswer, measureSpeed } from './probe.ts'

/** What differs from backend to backend. */
export interface Device {
  /** Name in TensorFlow.js's registry. */
  name: string
  backend: Backend
  make: () => KernelBackend
  lost: () => boolean
  crops?: Crops | undefined
  /** Kernels of our own: they compute what they have a plan for, once their answer to the probe is right. */
  executor?: Executor | undefined
  /** After the backend itself is gone. */
  close: () => void
}

/** A backend of TensorFlow.js with the kernels that the build chose for it. */
export class TfjsBackend implements OpenBackend {
  readonly backend: Backend
  readonly #device: Device
  /** Undefined, too, once its answer was wrong. */
  #executor: Executor | undefined

  static async open(device: Device): Promise<TfjsBackend> {
    for (const config of kernels) registerKernel({ ...config, backendName: device.name })
    ENGINE.registerBackend(device.name, device.make)
    const opened = new TfjsBackend(device)
    await opened.activate()
    return opened
  }

  private constructor(device: Device) {
    this.#device = device
    this.#executor = device.executor
    this.backend = device.backend
  }

  get lost(): boolean {
    return this.#device.lost()
  }

  get crops(): Crops | undefined {
    // What was found wrong is not to be trusted with inputs either.
    return this.#device.executor && !this.#executor ? undefined : this.#device.crops
  }

  async activate(): Promise<void> {
    if (!(await ENGINE.setBackend(this.#device.name))) throw new Error('TensorFlow.js cannot start it')
  }

  async check(): Promise<void> {
    await this.activate()
    if (this.#executor) {
      try {
        await checkPlans(this.#executor)
      } catch {
        this.#executor = undefined
      }
    }
    if (!this.#plans) await checkAnswer()
  }

  async measure(toBeat: number): Promise<number> {
    await this.activate()
    return this.#plans ? measurePlans(this.#plans, toBeat) : measureSpeed(toBeat)
  }

  load(files: ModelFiles, fused = true): Network {
    const graph = readGraph(files)
    const network = () => new Graph(files, ops, graph, fused ? fusion : undefined, this.#executor !== undefined)
    if (!this.#executor) return network()
    return new PlannedNetwork(files, graph, this.#executor, async () => {
      if (this.#plans) await checkAnswer() // which was not needed until now
      return network()
    })
  }

  memory(): { tensors: number; tensorBytes: number } {
    const { numTensors, numBytes } = ENGINE.memory()
    const { tensors, tensorBytes } = this.#executor?.memory() ?? { tensors: 0, tensorBytes: 0 }
    return { tensors: numTensors + tensors, tensorBytes: numBytes + tensorBytes }
  }

  close(): void {
    ENGINE.removeBackend(this.#device.name)
    this.#device.close()
  }

  /** The executor, where it computes every graph of this chunk: RT-DETR's have operators that it does not know. */
  get #plans(): Executor | undefined {
    return Object.keys(ops).every(isPlanned) ? this.#executor : undefined
  }
}
