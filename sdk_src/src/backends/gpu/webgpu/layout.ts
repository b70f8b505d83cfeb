import type { Convolution, Plan, Shape } from '../plan.ts'

/**
 * How a value lies in its buffer. vec4: NHWC with channels filled up to a multiple of four; scalar: NHWC without gaps,
 * as inputs come, as outputs are read, and as depth-to-space writes less than four channels.
 */
export type Layout = 'vec4' | 'scalar'

/** Of every value of a plan. */
export function layoutsOf({ layers, shapes, outputs }: Plan): Layout[] {
  const spread = new Set(layers.flatMap((layer) => (layer.kind !== 'mean' && layer.block > 1 ? [layer.output] : [])))
  return shapes.map(({ channels }, value) => {
    const outside = value === 0 || outputs.includes(value) || spread.has(value)
    return channels % 4 !== 0 && outside ? 'scalar' : 'vec4'
  })
}

/** Groups of four channels. */
export function groupsOf(channels: number): number {
  return Math.ceil(channels / 4)
}

export function pixelsOf({ batch, height, width }: Shape): number {
  return batch * height * width
}

export function bytesOf(shape: Shape, layout: Layout): number {
  const channels = layout === 'vec4' ? groupsOf(shape.channels) * 4 : shape.channels
  return pixelsOf(shape) * channels * 4
}

/**
 * A filter and its bias as the shaders read them, in vec4 of output channels, both kinds of channels filled up with
 * zeros: convolution [tap][in][out], depthwise [tap][channels]; then the bias.
 */
export function packedWeights({ kind, filter, bias, size }: Convolution): Float32Array<ArrayBuffer> {
  const taps = size[0] * size[1]
  const out = bias.length
  const rows = filter.length / taps / out // channels that a convolution reads; one of a depthwise
  const [wide, deep] = [groupsOf(out) * 4, kind === 'convolution' ? groupsOf(rows) * 4 : 1]
  const packed = new Float32Array((taps * deep + 1) * wide)
  for (let tap = 0; tap < taps; tap++)
    for (let row = 0; row < rows; row++) {
      const from = (tap * rows + row) * out
      packed.set(filter.subarray(from, from + out), (tap * deep + row) * wide)
    }
  packed.set(bias, taps * deep * wide)
  return packed
}
