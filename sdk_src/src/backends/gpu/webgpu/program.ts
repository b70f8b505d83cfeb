import type { Input } from '../../backend.ts'
import type { Plan } from '../plan.ts'
import type { Buffers } from './buffers.ts'
import { bytesOf, layoutsOf } from './layout.ts'
import type { Pipelines } from './pipelines.ts'
import type { ReadBacks } from './read_back.ts'
import { BINDINGS, PARAMS } from './shaders.ts'
import { slotsOf } from './slots.ts'
import { type Step, stepsOf, type Tiling } from './steps.ts'
import type { Weights } from './weights.ts'

/** Where a uniform may begin in its buffer, in bytes: the limit that every device keeps. */
const UNIFORM_ALIGNMENT = 256

/** What lies where in the results. */
interface Part {
  slot: number
  start: number
  bytes: number
}

interface Dispatch {
  pipeline: GPUComputePipeline
  workgroups: number
  entries: GPUBindGroupEntry[]
  /** Undefined where the input takes part: it may lie in a buffer of the caller's. */
  group: GPUBindGroup | undefined
}

/** What all programs of a device share. */
export interface Shared {
  /** Of every layer, in the place of the one that it gets by its size. */
  tiling?: Tiling | undefined
  buffers: Buffers
  pipelines: Pipelines
  readBacks: ReadBacks
  weights: Weights
}

/**
 * A plan on a device: a run is one submission, a dispatch a layer, and one read-back.
 *
 * Runs may overlap: the queue computes them one after the other, and each reads into a buffer of its own.
 */
export class Program {
  readonly #buffers: Buffers
  readonly #readBacks: ReadBacks
  readonly #slots: GPUBuffer[]
  readonly #params: GPUBuffer
  readonly #dispatches: Dispatch[]
  readonly #parts: Part[]
  /** Read-back buffers that no run uses. */
  readonly #idle: GPUBuffer[] = []
  /** The groups of the dispatches that read the input, for the buffer that it came in the last time. */
  #first: { buffer: GPUBuffer; groups: Map<Dispatch, GPUBindGroup> } | undefined
  #disposed = false

  /** Rejects where the device compiles a shader or makes a buffer not. */
  static async open(plan: Plan, shared: Shared): Promise<Program> {
    const layouts = layoutsOf(plan)
    const steps = stepsOf(plan, layouts, shared.tiling)
    const { device } = shared.buffers
    const most = device.limits.maxComputeWorkgroupsPerDimension
    if (steps.some(({ workgroups }) => workgroups > most)) throw new Error('the input is too large')
    const pipelines = await Promise.all(steps.map(({ variant }) => shared.pipelines.of(variant)))
    device.pushErrorScope('out-of-memory')
    device.pushErrorScope('validation')
    const bytes = plan.shapes.map((shape, value) => bytesOf(shape, layouts[value]!))
    const program = new Program(plan, shared, steps, pipelines, bytes)
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()])
    const error = errors.find((each) => each !== null)
    if (error) {
      program.dispose()
      throw new Error(error.message)
    }
    return program
  }

  private constructor(
    plan: Plan,
    { buffers, readBacks, weights }: Shared,
    steps: Step[],
    pipelines: GPUComputePipeline[],
    bytes: number[],
  ) {
    this.#buffers = buffers
    this.#readBacks = readBacks
    const { slots, sizes } = slotsOf(plan, bytes)
    const { STORAGE, COPY_SRC, COPY_DST, UNIFORM } = GPUBufferUsage
    this.#slots = sizes.map((size) => buffers.make(size, STORAGE | COPY_SRC | COPY_DST))
    const stride = UNIFORM_ALIGNMENT / 4
    const params = new Uint32Array(steps.length * stride)
    for (const [index, step] of steps.entries())
      params.set(
        PARAMS.map((name) => step.params[name]),
        index * stride,
      )
    this.#params = buffers.filled(params, UNIFORM)
    const buffer = (value: number) => ({ buffer: this.#slots[slots[value]!]! })
    this.#dispatches = steps.map(({ layer, workgroups }, index) => {
      const part = { buffer: this.#params, offset: index * UNIFORM_ALIGNMENT, size: PARAMS.length * 4 }
      const entries: GPUBindGroupEntry[] = [
        { binding: BINDINGS.input, resource: buffer(layer.input) },
        { binding: BINDINGS.params, resource: part },
        { binding: BINDINGS.output, resource: buffer(layer.output) },
      ]
      let readsInput = layer.input === 0
      if (layer.kind !== 'mean') {
        entries.push({ binding: BINDINGS.weights, resource: { buffer: weights.of(layer, plan) } })
        if (layer.add !== undefined) entries.push({ binding: BINDINGS.added, resource: buffer(layer.add) })
        readsInput ||= layer.add === 0
      }
      const pipeline = pipelines[index]!
      const group = readsInput ? undefined : this.#group(pipeline, entries)
      return { pipeline, workgroups, entries, group }
    })
    let end = 0
    this.#parts = plan.outputs.map((value) => {
      const start = end
      end += bytes[value]!
      return { slot: slots[value]!, start, bytes: bytes[value]! }
    })
  }

  async run(input: Input): Promise<Float32Array[]> {
    const staging = this.#submit(input)
    await this.#readBacks.mapped(staging)
    const values = staging.getMappedRange()
    const outputs = this.#parts.map(({ start, bytes }) => new Float32Array(values.slice(start, start + bytes)))
    staging.unmap()
    if (this.#disposed) this.#buffers.free(staging)
    else this.#idle.push(staging)
    return outputs
  }

  dispose(): void {
    this.#disposed = true
    for (const buffer of [...this.#slots, this.#params, ...this.#idle]) this.#buffers.free(buffer)
  }

  /** The buffer that the outputs come to. */
  #submit(input: Input): GPUBuffer {
    const { device } = this.#buffers
    const commands = device.createCommandEncoder()
    const groups = this.#groupsFor(this.#bufferOf(input))
    const pass = commands.beginComputePass()
    for (const dispatch of this.#dispatches) {
      pass.setPipeline(dispatch.pipeline)
      pass.setBindGroup(0, dispatch.group ?? groups.get(dispatch)!)
      pass.dispatchWorkgroups(dispatch.workgroups)
    }
    pass.end()
    const staging = this.#idle.pop() ?? this.#staging()
    for (const { slot, start, bytes } of this.#parts)
      commands.copyBufferToBuffer(this.#slots[slot]!, 0, staging, start, bytes)
    device.queue.submit([commands.finish()])
    return staging
  }

  #staging(): GPUBuffer {
    const { start, bytes } = this.#parts.at(-1)!
    return this.#buffers.make(start + bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST)
  }

  #bufferOf(input: Input): GPUBuffer {
    if (!(input instanceof Float32Array)) return input.buffer!
    const [own] = this.#slots
    this.#buffers.device.queue.writeBuffer(own!, 0, input as Float32Array<ArrayBuffer>)
    return own!
  }

  #groupsFor(buffer: GPUBuffer): Map<Dispatch, GPUBindGroup> {
    if (this.#first?.buffer !== buffer) {
      const groups = new Map<Dispatch, GPUBindGroup>()
      for (const dispatch of this.#dispatches) {
        if (dispatch.group) continue
        const [own] = this.#slots
        const entries = dispatch.entries.map((entry) =>
          (entry.resource as GPUBufferBinding).buffer === own ? { ...entry, resource: { buffer } } : entry,
        )
        groups.set(dispatch, this.#group(dispatch.pipeline, entries))
      }
      this.#first = { buffer, groups }
    }
    return this.#first.groups
  }

  #group(pipeline: GPUComputePipeline, entries: GPUBindGroupEntry[]): GPUBindGroup {
    return this.#buffers.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
  }
}
