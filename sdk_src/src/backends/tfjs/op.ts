import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { Attributes } from './attributes.ts'

/** One node of a graph at work. */
export interface Call {
  attributes: Attributes
  /** Of a fused operator. */
  params: unknown
  /** How many inputs there are. */
  count: number
  /** The value of an input. */
  input(index: number): Tensor
  /** The numbers of an input that is a constant of the graph: axes, shapes. Throws when it is none. */
  constant(index: number): number[]
}

/** An operator of TensorFlow on kernels of TensorFlow.js. */
export interface Op {
  /** The kernels that it calls: the build bundles these and no others. */
  kernels: string[]
  run(call: Call): Tensor | Tensor[]
  /** Where only some rows along the second axis are asked for: computes these alone. */
  rows?(call: Call, rows: number[]): Tensor
}

/** Runs a kernel of the current backend. */
export function kernel<Result extends Tensor | Tensor[] = Tensor>(
  name: string,
  inputs: object,
  attributes = {},
): Result {
  return ENGINE.runKernel(name, inputs as never, attributes) as Result
}
