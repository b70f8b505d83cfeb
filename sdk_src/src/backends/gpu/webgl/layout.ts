import type { Shape } from '../plan.ts'

/**
 * How a value lies in a texture array of RGBA32F. Channels go in groups of four, one a texel; group g of image b is in
 * layer g % layers, and there in the rows from ((g / layers | 0) * batch + b) * height on. So a draw call that writes to
 * all layers at once computes the whole value, and a fragment `layers` groups of it.
 */
export interface Layout extends Shape {
  layers: number
  /** How many times `layers` groups lie below each other. */
  tiles: number
}

/** most: layers that a fragment may write to, a power of two. */
export function layoutOf(shape: Shape, most: number): Layout {
  const groups = Math.ceil(shape.channels / 4)
  let layers = 1
  while (layers < Math.min(groups, most)) layers *= 2
  // Half as many layers where that leaves a good part fewer groups empty: 44 channels are 3 x 4 groups, not 2 x 8.
  const half = Math.max(layers / 2, 1)
  if (half * Math.ceil(groups / half) < 0.85 * layers * Math.ceil(groups / layers)) layers = half
  return { ...shape, layers, tiles: Math.ceil(groups / layers) }
}

/** Rows of one tile: all images of the batch. */
export function tileRows({ batch, height }: Layout): number {
  return batch * height
}
