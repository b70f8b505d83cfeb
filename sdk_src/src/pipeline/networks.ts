import { type GraphModel, loadGraphModelSync } from '@tensorflow/tfjs-converter'
import { type io, memory, type Tensor, tensor } from '@tensorflow/tfjs-core'
import type { ModelFiles, StoredModels } from '../models_cache/models.ts'
import { MASK_SIZE, PATCH } from '../specs.ts'
import type { Backend } from '../types.ts'
import type { PatchOutputs } from './core.ts'
import type { Extent } from './extent.ts'

/** Batches that WebGL compiles shaders for; a batch in between is padded. */
const WEBGL_BATCHES = [5, PATCH.constants.max_batch]

/** Both networks on the current backend of TF.js. Every tensor is disposed before a method returns. */
export class Networks {
  readonly #heatmap: Network
  readonly #patch: Network
  readonly #backend: Backend

  constructor({ files }: StoredModels, backend: Backend) {
    this.#heatmap = new Network(files.nail_heatmap)
    this.#patch = new Network(files.nail_patch)
    this.#backend = backend
  }

  /** Pass 1. input [1, height, width, 3]; gives logits and geometry at the network's stride. */
  async heatmap(
    input: Float32Array,
    { width, height }: Extent,
  ): Promise<{ heatmap: Float32Array; geometry: Float32Array }> {
    const [heatmap, geometry] = await this.#heatmap.run(input, [1, height, width, 3], ['heatmap', 'geometry'])
    return { heatmap: heatmap!, geometry: geometry! }
  }

  /** How many patches are computed for so many: shaders exist for few batch sizes only. */
  batchOf(count: number): number {
    return this.#backend === 'webgl' ? (WEBGL_BATCHES.find((size) => size >= count) ?? count) : count
  }

  /** Pass 2. input [batch, 64, 64, 3]. */
  async patches(input: Float32Array, batch: number): Promise<PatchOutputs> {
    const shape = [batch, MASK_SIZE, MASK_SIZE, 3]
    const names = PATCH.outputs.map(({ name }) => name)
    const [keypoints, masks, confidence] = await this.#patch.run(input, shape, names)
    return { keypoints: keypoints!, masks: masks!, confidence: confidence! }
  }

  memory(): { tensors: number; tensorBytes: number } {
    const { numTensors, numBytes } = memory()
    return { tensors: numTensors, tensorBytes: numBytes }
  }

  dispose(): void {
    this.#heatmap.dispose()
    this.#patch.dispose()
  }
}

class Network {
  readonly #model: GraphModel<io.IOHandlerSync>
  readonly #files: ModelFiles
  #disposed = false

  constructor(files: ModelFiles) {
    this.#model = loadGraphModelSync([JSON.parse(files.graph) as io.ModelJSON, files.weights])
    this.#files = files
  }

  async run(input: Float32Array, shape: number[], outputs: string[]): Promise<Float32Array[]> {
    const tensors: Tensor[] = [tensor(input, shape, 'float32')]
    try {
      const names = outputs.map((name) => this.#files.outputs[name] ?? name)
      const results = this.#model.execute({ [this.#files.input]: tensors[0]! }, names)
      tensors.push(...(Array.isArray(results) ? results : [results]))
      const values = await Promise.all(tensors.slice(1).map((result) => result.data<'float32'>()))
      // The backend was lost meanwhile: another inference may use the core now.
      if (this.#disposed) throw new Error('the network is disposed')
      return values
    } finally {
      for (const each of tensors) each.dispose()
    }
  }

  dispose(): void {
    this.#disposed = true
    this.#model.dispose()
  }
}
