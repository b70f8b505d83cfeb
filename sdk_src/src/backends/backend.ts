import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { ModelFiles } from '../models_cache/models.ts'
import type { Extent } from '../pipeline/extent.ts'
import type { Backend } from '../types.ts'
import type { Surface } from './gpu/webgl/surface.ts'

/** What can be opened: threads are a way of WASM that has to prove itself like any backend. */
export const VARIANTS = ['wasm', 'wasm_threads', 'webgl', 'webgpu'] as const
export type Variant = (typeof VARIANTS)[number]

/** What `backend_VARIANT.js` exports: TensorFlow.js with one backend and the kernels that the networks use. */
export interface BackendChunk {
  /** assets: folder of the .wasm files; onLost: the device is gone, what is computed from now on is garbage. */
  open(assets: string, onLost: () => void): Promise<OpenBackend>
}

/** A backend that computes. */
export interface OpenBackend {
  readonly backend: Backend
  /** Whether its device is gone; an event tells so later. */
  readonly lost: boolean
  /** Where the device can cut the networks' inputs out of a frame itself. */
  readonly crops?: Crops | undefined
  /** Makes it the current one of TensorFlow.js, for networks that are loaded and run from now on. */
  activate(): Promise<void>
  /** Throws when a small graph's answer is not what plain JavaScript computes. */
  check(): Promise<void>
  /** Milliseconds of a stack of layers like the networks'; more than twice `toBeat` is not measured further. */
  measure(toBeat: number): Promise<number>
  /**
   * A network of this backend. Throws when the graph has an operator that the build did not see. fused: false runs each
   * operator by itself, for comparisons.
   */
  load(files: ModelFiles, fused?: boolean): Network
  memory(): { tensors: number; tensorBytes: number }
  /** Gives everything back: memory, textures, threads. */
  close(): void
}

/** A network's input: values, or what lies on the device. */
export type Input = Float32Array | DeviceInput

/** An input on the device, for the one run that comes before the next is cut. shape: NHWC. */
export interface DeviceInput {
  /** On WebGPU: float32, of at least the input's length. */
  readonly buffer?: GPUBuffer
  /** On WebGL: its first rows, four channels a texel. */
  readonly surface?: Surface
  tensor(shape: number[]): Tensor
}

/** Cuts inputs out of a frame on the backend's device, so that its pixels never come to the processor. */
export interface Crops {
  /** Takes the frame that the next cuts show. False, then and ever after, where the browser cannot. */
  take(frame: VideoFrame | ImageBitmap, size: Extent): boolean
  /**
   * What the core's `lunula_sample` computes. affines [count, 6]: output pixels to frame pixels; size: of an output;
   * model: its number there; batch: how many the input is to hold, what is behind `count` is left over from earlier cuts.
   */
  cut(affines: Float32Array, size: Extent, model: number, batch: number): DeviceInput
}

/** One more output of which only some rows, along its second axis, are read back: the rest stays on the device. */
export interface Rows {
  output: string
  /** Which rows, from the outputs that are read back whole; the same as `outputs`. None: nothing is read. */
  choose(outputs: Float32Array[]): number[]
}

/** A graph with its weights. */
export interface Network {
  /** Makes a shape ready, so that a run with it has read its input when it returns. */
  prepare(shape: number[], outputs: string[]): Promise<void>
  /** shape: NHWC, of the input. Gives the named outputs of the spec, then the rows, read back; no tensor is left behind. */
  run(input: Input, shape: number[], outputs: string[], rows?: Rows): Promise<Float32Array[]>
  dispose(): void
}
