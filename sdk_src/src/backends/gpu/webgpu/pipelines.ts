import { reasonOf } from '../../../reason.ts'
import { shaderOf, type Variant } from './shaders.ts'

/** Compiled shaders, each once a device. */
export class Pipelines {
  readonly #device: GPUDevice
  readonly #known = new Map<string, Promise<GPUComputePipeline>>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Compiles beside everything else. Rejects where the device cannot. */
  of(variant: Variant): Promise<GPUComputePipeline> {
    const key = JSON.stringify(variant)
    const known = this.#known.get(key)
    if (known) return known
    const made = this.#compiled(shaderOf(variant))
    this.#known.set(key, made)
    return made
  }

  async #compiled(code: string): Promise<GPUComputePipeline> {
    const module = this.#device.createShaderModule({ code })
    try {
      return await this.#device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
    } catch (thrown) {
      const { messages } = await module.getCompilationInfo()
      const lines = messages.map(({ lineNum, message }) => `${lineNum}: ${message}`)
      throw new Error(lines.join('; ') || reasonOf(thrown))
    }
  }
}
