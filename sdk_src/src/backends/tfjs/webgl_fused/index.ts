import { attention } from '../fused/attention.ts'
import { convolutionRules } from '../fused/convolution.ts'
import { tokenRules } from '../fused/dense.ts'
import type { Fusion } from '../fused/fusion.ts'
import { masks } from '../fused/masks.ts'
import { rewrite } from '../fused/rewrite.ts'
import { sampling } from '../fused/sampling.ts'
import { gather, selection } from '../fused/selection.ts'
import { Tail } from '../fused/tail.ts'
import { _Attention } from './attention.ts'
import { _Convolution, _ToStrips, _ToTensor, _Up, asValue } from './convolution.ts'
import { _Dense } from './dense.ts'
import { Image, Painter, type Shape } from './images/image.ts'
import { withImages } from './images/nodes.ts'
import { _Masks } from './masks.ts'
import { read } from './read.ts'
import { _Sampling } from './sampling.ts'
import { _Gather, _Selection } from './selection.ts'

const OF_TOKENS = [attention, sampling, selection, gather, ...tokenRules]
const OF_IMAGES = [...convolutionRules, masks]

/** RT-DETR's operators as shaders of ours: each of TensorFlow.js's costs some 0.13 ms, whatever its size. */
export const fusion: Fusion = {
  ops: { _Attention, _Convolution, _Dense, _Gather, _Masks, _Sampling, _Selection, _ToStrips, _ToTensor, _Up },
  // Where our draw calls of float textures go wrong, images are TensorFlow.js's.
  rewrite: (graph, drawsFloats) => withImages(rewrite(graph, [...(drawsFloats ? OF_IMAGES : []), ...OF_TOKENS])),
  input: (input, shape) =>
    asValue(
      !(input instanceof Float32Array) && input.surface
        ? new Image(shape as Shape, input.surface)
        : Painter.current.upload(input as Float32Array, shape as Shape),
    ),
  read,
  tail: (graph) => new Tail(graph),
}
