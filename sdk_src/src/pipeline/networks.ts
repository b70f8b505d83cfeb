import type { Network, OpenBackend } from '../backends/backend.ts'
import type { StoredModels } from '../models_cache/models.ts'
import { MASK_SIZE, PATCH } from '../specs.ts'
import type { PatchOutputs } from './core.ts'
import type { Extent } from './extent.ts'

/** Batches that shaders are compiled for; a batch in between is padded. */
const GPU_BATCHES = [5, PATCH.constants.max_batch]

/** Both networks on a backend. Every tensor is disposed before a method returns. */
export class Networks {
  readonly #heatmap: Network
  readonly #patch: Network
  readonly #backend: OpenBackend

  constructor({ files }: StoredModels, backend: OpenBackend) {
    this.#heatmap = backend.load(files.nail_heatmap)
    this.#patch = backend.load(files.nail_patch)
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

  /** Whether a size that was not seen before costs time: shaders are compiled for it. */
  get compiles(): boolean {
    return this.#backend.backend !== 'wasm'
  }

  /** How many patches are computed for so many: shaders exist for few batch sizes only. */
  batchOf(count: number): number {
    if (!this.compiles) return count
    return GPU_BATCHES.find((size) => size >= count) ?? count
  }

  /** Pass 2. input [batch, 64, 64, 3]. */
  async patches(input: Float32Array, batch: number): Promise<PatchOutputs> {
    const shape = [batch, MASK_SIZE, MASK_SIZE, 3]
    const names = PATCH.outputs.map(({ name }) => name)
    const [keypoints, masks, confidence] = await this.#patch.run(input, shape, names)
    return { keypoints: keypoints!, masks: masks!, confidence: confidence! }
  }

  memory(): { tensors: number; tensorBytes: number } {
    return this.#backend.memory()
  }

  dispose(): void {
    this.#heatmap.dispose()
    this.#patch.dispose()
  }
}
