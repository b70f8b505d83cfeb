import type { Input, Network, OpenBackend } from '../backends/backend.ts'
import { MASK_SIZE, PATCH } from '../specs.ts'
import type { PatchOutputs } from './core.ts'

/** Batches that shaders are compiled for; a batch in between is padded. */
const GPU_BATCHES = [5, PATCH.constants.max_batch]

/** Pass 2: `nail_patch`, or `nail_patch_r6d`, on a backend. */
export class Patches {
  readonly #network: Network
  readonly #outputs: string[]
  readonly #backend: OpenBackend

  /** outputs: their names, in the order of PatchOutputs. */
  constructor(network: Network, outputs: string[], backend: OpenBackend) {
    this.#network = network
    this.#outputs = outputs
    this.#backend = backend
  }

  /** How many patches are computed for so many: shaders exist for few batch sizes only. */
  batchOf(count: number): number {
    if (this.#backend.backend === 'wasm') return count
    return GPU_BATCHES.find((size) => size >= count) ?? count
  }

  /** Compiles what so many patches need. */
  async warmUp(count: number): Promise<void> {
    const batch = this.batchOf(count)
    await this.run(new Float32Array(batch * MASK_SIZE ** 2 * 3), batch)
  }

  /** input [batch, 64, 64, 3]. */
  run(input: Input, batch: number): Promise<PatchOutputs> {
    return this.#network.run(input, [batch, MASK_SIZE, MASK_SIZE, 3], this.#outputs) as Promise<PatchOutputs>
  }

  dispose(): void {
    this.#network.dispose()
  }
}
