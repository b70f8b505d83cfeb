import type { Convolution, Plan } from '../plan.ts'
import type { Buffers } from './buffers.ts'
import { packedWeights } from './layout.ts'

/** Weights on the device: once a filter, however many plans have it. */
export class Weights {
  readonly #buffers: Buffers
  readonly #held = new Map<Float32Array, { buffer: GPUBuffer; plans: Set<Plan> }>()

  constructor(buffers: Buffers) {
    this.#buffers = buffers
  }

  of(layer: Convolution, plan: Plan): GPUBuffer {
    const held = this.#held.get(layer.filter) ?? {
      buffer: this.#buffers.filled(packedWeights(layer), GPUBufferUsage.STORAGE),
      plans: new Set(),
    }
    this.#held.set(layer.filter, held)
    held.plans.add(plan)
    return held.buffer
  }

  release(plan: Plan): void {
    for (const [filter, { buffer, plans }] of this.#held) {
      if (!plans.delete(plan) || plans.size > 0) continue
      this.#buffers.free(buffer)
      this.#held.delete(filter)
    }
  }
}
