import type { Input } from '../backend.ts'
import type { Executor } from './executor.ts'
import type { Plan } from './plan.ts'
import { Buffers } from './webgpu/buffers.ts'
import { Pipelines } from './webgpu/pipelines.ts'
import { Program, type Shared } from './webgpu/program.ts'
import { ReadBacks } from './webgpu/read_back.ts'
import type { Tiling } from './webgpu/steps.ts'
import { Weights } from './webgpu/weights.ts'

/** Computes plans on a WebGPU device, beside TensorFlow.js, whose device it is. What it holds ends with the device. */
export class WebgpuExecutor implements Executor {
  readonly #shared: Shared
  readonly #programs = new Map<Plan, Program>()

  /** tiling: of every layer, in the place of the one that it gets by its size. */
  constructor(device: GPUDevice, tiling?: Tiling) {
    const buffers = new Buffers(device)
    const [pipelines, readBacks] = [new Pipelines(device), new ReadBacks(device)]
    this.#shared = { buffers, tiling, pipelines, readBacks, weights: new Weights(buffers) }
  }

  async prepare(plan: Plan): Promise<void> {
    this.#programs.set(plan, await Program.open(plan, this.#shared))
  }

  run(plan: Plan, input: Input): Promise<Float32Array[]> {
    const program = this.#programs.get(plan)
    if (!program) throw new Error('the plan is not prepared')
    return program.run(input)
  }

  release(plans: Plan[]): void {
    for (const plan of plans) {
      this.#programs.get(plan)?.dispose()
      this.#programs.delete(plan)
      this.#shared.weights.release(plan)
    }
  }

  memory(): { tensors: number; tensorBytes: number } {
    return this.#shared.buffers.memory()
  }
}
