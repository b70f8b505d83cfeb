/** Written by site_scons/node/bundle_backend.mjs for each backend, from the operators of the built graphs. */
declare module '#kernels' {
  import type { KernelConfig } from '@tensorflow/tfjs-core/dist/kernel_registry'
  import type { Fusion } from './fused/fusion.ts'
  import type { Op } from './op.ts'

  /** The operators that the graphs have. */
  export const ops: Record<string, Op>
  /** Operators in the place of several of a graph's, where graphs have them: RT-DETR's. */
  export const fusion: Fusion | undefined
  /** The kernels that these operators call. */
  export const kernels: KernelConfig[]
}
