import type { Input, Network, OpenBackend } from '../backends/backend.ts'
import type { ModelName } from '../models_cache/manifest.ts'
import type { StoredModels } from '../models_cache/models.ts'
import { PATCH_OUTPUTS, PATCH_R6D_OUTPUTS } from '../specs.ts'
import type { HandMaps } from './core.ts'
import type { Extent } from './extent.ts'
import { Patches } from './patches.ts'

const HEATMAP_OUTPUTS = ['heatmap', 'geometry']

/** The cascade's networks on a backend. Every tensor is disposed before a method returns. */
export class Networks {
  readonly #hands: Network
  readonly #heatmap: Network
  readonly #patches: Patches
  readonly #backend: OpenBackend

  constructor({ files }: StoredModels, backend: OpenBackend) {
    const load = (name: ModelName) => {
      const network = files[name]
      if (!network) throw new Error(`${name} was not asked for`)
      return backend.load(network)
    }
    const rotates = files.nail_patch_r6d !== undefined
    this.#hands = load('hand_detector')
    this.#heatmap = load('nail_heatmap')
    const patch = load(rotates ? 'nail_patch_r6d' : 'nail_patch')
    this.#patches = new Patches(patch, rotates ? PATCH_R6D_OUTPUTS : PATCH_OUTPUTS, backend)
    this.#backend = backend
  }

  /** Where the hands are. input [1, height, width, 3]. */
  hands(input: Input, { width, height }: Extent): Promise<HandMaps> {
    return this.#hands.run(input, [1, height, width, 3], ['scores', 'boxes']) as Promise<HandMaps>
  }

  /** Makes a size of pass 1's input ready: `heatmap` has then read an input when it returns. */
  prepare({ width, height }: Extent): Promise<void> {
    return this.#heatmap.prepare([1, height, width, 3], HEATMAP_OUTPUTS)
  }

  /** Pass 1. input [1, height, width, 3]; gives logits and geometry at the network's stride. */
  heatmap(input: Input, { width, height }: Extent): Promise<Float32Array[]> {
    return this.#heatmap.run(input, [1, height, width, 3], HEATMAP_OUTPUTS)
  }

  /** Whether a size that was not seen before costs time: shaders are compiled for it. */
  get compiles(): boolean {
    return this.#backend.backend !== 'wasm'
  }

  /** Pass 2. */
  get patches(): Patches {
    return this.#patches
  }

  memory(): { tensors: number; tensorBytes: number } {
    return this.#backend.memory()
  }

  dispose(): void {
    this.#hands.dispose()
    this.#heatmap.dispose()
    this.#patches.dispose()
  }
}
