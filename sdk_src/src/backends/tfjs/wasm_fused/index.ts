import type { Fusion } from '../fused/fusion.ts'
import { rewrite } from '../fused/rewrite.ts'
import { samplingAlone } from '../fused/sampling.ts'
import { _Sampling } from './sampling.ts'

/** Deformable attention's sampling alone: TensorFlow.js's kernels for all else cost no more than what they compute. */
export const fusion: Fusion = {
  ops: { _Sampling },
  rewrite: (graph) => rewrite(graph, [samplingAlone]),
}
