import { attention } from '../fused/attention.ts'
import { up } from '../fused/convolution.ts'
import { tokenRules } from '../fused/dense.ts'
import type { Fusion } from '../fused/fusion.ts'
import { masks } from '../fused/masks.ts'
import { rewrite } from '../fused/rewrite.ts'
import { sampling } from '../fused/sampling.ts'
import { gather, selection } from '../fused/selection.ts'
import { Tail } from '../fused/tail.ts'
import { _Attention } from './attention.ts'
import { _Up } from './convolution.ts'
import { _Dense } from './dense.ts'
import { _Masks } from './masks.ts'
import { _Sampling } from './sampling.ts'
import { _Gather, _Selection } from './selection.ts'

const RULES = [up, attention, sampling, selection, gather, masks, ...tokenRules]

/** RT-DETR's operators as shaders of ours; TensorFlow.js's convolutions stay, which share what they read in workgroups. */
export const fusion: Fusion = {
  ops: { _Attention, _Dense, _Gather, _Masks, _Sampling, _Selection, _Up },
  rewrite: (graph) => rewrite(graph, RULES),
  tail: (graph) => new Tail(graph),
}
