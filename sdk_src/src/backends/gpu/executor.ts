import type { Input } from '../backend.ts'
import type { Plan } from './plan.ts'

/** Computes plans on a device, in the place of TensorFlow.js's kernels. */
export interface Executor {
  /** Uploads weights, compiles, allots memory. Throws or rejects where the device will not have the plan. */
  prepare(plan: Plan): void | Promise<void>
  /** The outputs of a plan that is prepared, NHWC. Has read the input when it returns: another may come in its place. */
  run(plan: Plan, input: Input): Promise<Float32Array[]>
  /** Gives back what is held for these plans alone: a filter goes with the last plan that has it. */
  release(plans: Plan[]): void
  memory(): { tensors: number; tensorBytes: number }
}
