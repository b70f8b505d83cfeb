import type { Convolution } from '../plan.ts'
import type { Layout } from './layout.ts'

/** A convolution's bias and filter as its shader reads them. */
export interface Weights {
  values: Float32Array
  /** vec4 of each place in a block, a tile has `block * block` of them. */
  perPlace: number
}

/** vec4 that offsets into a uniform buffer are multiples of, at most: 256 bytes. */
const ALIGNMENT = 16

/**
 * For each tile of the output and each place in a block of depth-to-space: the biases of the tile's channels, then for
 * each tap of the filter the weights. depthwise: those of the tile's channels; convolution: for each input channel, in
 * the order of the input's layout, those of the tile's channels. Channels that only fill a texel up have zeros.
 */
export function weightsOf(layer: Convolution, input: Layout, output: Layout): Weights {
  const { kind, size, filter, bias, block } = layer
  const taps = size[0] * size[1]
  const places = block * block
  const depth = kind === 'depthwise' ? 1 : 4 * input.layers * input.tiles
  const perPlace = Math.ceil((output.layers * (1 + taps * depth)) / ALIGNMENT) * ALIGNMENT
  const values = new Float32Array(perPlace * places * output.tiles * 4)
  for (let tile = 0; tile < output.tiles; tile++) {
    for (let place = 0; place < places; place++) {
      let at = (tile * places + place) * perPlace * 4
      // Of one pixel of the block: depth-to-space in TensorFlow's order has its channels together.
      const channels = Array.from({ length: 4 * output.layers }, (_, k) => {
        const channel = tile * 4 * output.layers + k
        return channel < output.channels ? place * output.channels + channel : -1
      })
      for (const channel of channels) values[at++] = bias[channel] ?? 0
      for (let tap = 0; tap < taps; tap++) {
        for (let x = 0; x < depth; x++) {
          const from = kind === 'depthwise' ? tap : tap * input.channels + x
          const there = kind === 'depthwise' || x < input.channels
          for (const channel of channels)
            values[at++] = there && channel >= 0 ? filter[from * bias.length + channel]! : 0
        }
      }
    }
  }
  return { values, perPlace }
}
