/** Written by site_scons/node/bundle_backend.mjs for each backend, from the operators of the built graphs. */
declare module '#kernels' {
  import type { KernelConfig } from '@tensorflow/tfjs-core/dist/kernel_registry'
  import type { Op } from './op.ts'

  /** The operators that the graphs have. */
  export const ops: Record<string, Op>
  /** The kernels that these operators call. */
  export const kernels: KernelConfig[]
}
