import type { Input, Network, OpenBackend } from '../backends/backend.ts'
import type { StoredModels } from '../models_cache/models.ts'
import { PATCH_OUTPUTS } from '../specs.ts'
import type { HandMaps } from './core.ts'
import type { Extent } from './extent.ts'
import { Patches } from './patches.ts'
import type { Queries } from './query_decoder.ts'

const OUTPUTS = ['boxes', 'scores', 'fingers', 'keypoints']

/** RT-DETR on a backend; for photos, the cascade's second pass; for regions, the hand detector too. Every tensor is disposed before a method returns. */
export class RtdetrNetworks {
  readonly #nails: Network
  readonly #hands: Network | undefined
  readonly #backend: OpenBackend
  /** What outlines a photo's nails anew. */
  readonly patches: Patches

  constructor({ files }: StoredModels, backend: OpenBackend) {
    const nails = files.nail_rtdetr ?? files.nail_rtdetr_full
    if (!nails || !files.nail_patch) throw new Error('RT-DETR was not asked for')
    this.#nails = backend.load(nails)
    this.#hands = files.hand_detector && backend.load(files.hand_detector)
    this.patches = new Patches(backend.load(files.nail_patch), PATCH_OUTPUTS, backend)
    this.#backend = backend
  }

  /** Whether shaders are compiled. */
  get compiles(): boolean {
    return this.#backend.backend !== 'wasm'
  }

  /** Where the hands are. input [1, height, width, 3]. */
  async hands(input: Input, { width, height }: Extent): Promise<HandMaps> {
    if (!this.#hands) throw new Error('the hand detector was not asked for')
    return this.#hands.run(input, [1, height, width, 3], ['scores', 'boxes']) as Promise<HandMaps>
  }

  /**
   * All queries of an input [1, size, size, 3], which of them `keep` chooses, and the masks of those alone: of 40 masks
   * five to ten leave the GPU.
   */
  async nails(
    input: Input,
    size: number,
    keep: (queries: Queries) => number[],
  ): Promise<{ queries: Queries; kept: number[]; masks: Float32Array }> {
    let queries: Queries | undefined
    let kept: number[] = []
    const choose = ([boxes, scores, fingers, keypoints]: Float32Array[]) => {
      queries = { boxes: boxes!, scores: scores!, fingers: fingers!, keypoints: keypoints! }
      kept = keep(queries)
      return kept
    }
    const values = await this.#nails.run(input, [1, size, size, 3], OUTPUTS, { output: 'masks', choose })
    return { queries: queries!, kept, masks: values.at(-1)! }
  }

  memory(): { tensors: number; tensorBytes: number } {
    return this.#backend.memory()
  }

  dispose(): void {
    this.#nails.dispose()
    this.#hands?.dispose()
    this.patches.dispose()
  }
}
