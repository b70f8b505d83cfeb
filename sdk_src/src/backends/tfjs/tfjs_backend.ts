import '@tensorflow/tfjs-core/dist/flags'
import type { KernelBackend } from '@tensorflow/tfjs-core/dist/backends/backend'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import { registerKernel } from '@tensorflow/tfjs-core/dist/kernel_registry'
import { kernels, ops } from '#kernels'
import type { ModelFiles } from '../../models_cache/models.ts'
import type { Backend } from '../../types.ts'
import type { Crops, Network, OpenBackend } from '../backend.ts'
import { Graph } from './graph.ts'
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
  /** After the backend itself is gone. */
  close: () => void
}

/** A backend of TensorFlow.js with the kernels that the build chose for it. */
export class TfjsBackend implements OpenBackend {
  readonly backend: Backend
  readonly #device: Device

  static async open(device: Device): Promise<TfjsBackend> {
    for (const config of kernels) registerKernel({ ...config, backendName: device.name })
    ENGINE.registerBackend(device.name, device.make)
    const opened = new TfjsBackend(device)
    await opened.activate()
    return opened
  }

  private constructor(device: Device) {
    this.#device = device
    this.backend = device.backend
  }

  get lost(): boolean {
    return this.#device.lost()
  }

  get crops(): Crops | undefined {
    return this.#device.crops
  }

  async activate(): Promise<void> {
    if (!(await ENGINE.setBackend(this.#device.name))) throw new Error('TensorFlow.js cannot start it')
  }

  async check(): Promise<void> {
    await this.activate()
    await checkAnswer()
  }

  async measure(toBeat: number): Promise<number> {
    await this.activate()
    return measureSpeed(toBeat)
  }

  load(files: ModelFiles): Network {
    return new Graph(files, ops)
  }

  memory(): { tensors: number; tensorBytes: number } {
    const { numTensors, numBytes } = ENGINE.memory()
    return { tensors: numTensors, tensorBytes: numBytes }
  }

  close(): void {
    ENGINE.removeBackend(this.#device.name)
    this.#device.close()
  }
}
