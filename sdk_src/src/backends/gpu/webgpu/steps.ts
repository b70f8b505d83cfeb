import type { Convolution, Layer, Plan } from '../plan.ts'
import { groupsOf, type Layout, pixelsOf } from './layout.ts'
import { GROUP, type Params, type Variant } from './shaders.ts'

/** A layer as one dispatch. */
export interface Step {
  layer: Layer
  variant: Variant
  params: Params
  workgroups: number
}

/** How the work of a layer is cut up. */
export type Tiling = Pick<Variant, 'pixels' | 'slices'>

/** So many invocations keep a large card busy; with several times as many, each may as well compute several pixels. */
const ENOUGH = 16_384
const PIXELS_MOST = 4
const SLICES_MOST = 16
/** A sum is shared only where each slice has so many taps left. */
const TAPS_LEAST = 2

/** tiling: in the place of the one that each layer gets by its size. */
export function stepsOf(plan: Plan, layouts: Layout[], tiling?: Tiling): Step[] {
  return plan.layers.map((layer) => stepOf(layer, plan, layouts, tiling))
}

function stepOf(layer: Layer, { shapes }: Plan, layouts: Layout[], fixed: Tiling | undefined): Step {
  const [from, to] = [shapes[layer.input]!, shapes[layer.output]!]
  const convolution = layer.kind === 'mean' ? undefined : layer
  const block = convolution?.block ?? 1
  const groups = groupsOf(to.channels * block * block)
  const inGroups = groupsOf(from.channels)
  const [rows, columns] = convolution?.size ?? [from.height, from.width]
  const taps = rows * columns * (layer.kind === 'convolution' ? inGroups : 1)
  const pixels = pixelsOf(to) / (block * block)
  const kind = kindOf(layer)
  const tiling = tilingOf(kind, pixels * groups, taps, fixed)
  const variant: Variant = {
    kind,
    ...tiling,
    input: layouts[layer.input]!,
    output: layouts[layer.output]!,
    added: convolution?.add === undefined ? undefined : layouts[convolution.add],
    activation: convolution?.activation ?? 'linear',
    spread: block > 1,
  }
  const params: Params = {
    pixels,
    groups,
    height: to.height / block,
    width: to.width / block,
    channels: to.channels,
    block,
    in_height: from.height,
    in_width: from.width,
    in_channels: from.channels,
    in_groups: inGroups,
    rows,
    columns,
    stride: convolution?.stride ?? 1,
    top: convolution?.pad[0] ?? 0,
    left: convolution?.pad[1] ?? 0,
    taps,
  }
  const items = Math.ceil(pixels / tiling.pixels) * groups
  return { layer, variant, params, workgroups: Math.ceil((items * tiling.slices) / GROUP) }
}

function kindOf(layer: Layer): Variant['kind'] {
  return layer.kind === 'convolution' && isPointwise(layer) ? 'pointwise' : layer.kind
}

function isPointwise({ size, stride, pad }: Convolution): boolean {
  return size[0] === 1 && size[1] === 1 && stride === 1 && pad[0] === 0 && pad[1] === 0
}

/** items: vec4 of the result; taps: what each sums. */
function tilingOf(kind: Variant['kind'], items: number, taps: number, fixed: Tiling | undefined): Tiling {
  let [pixels, slices] = [1, 1]
  if (fixed) [pixels, slices] = [fixed.pixels, fixed.slices]
  else {
    while (pixels < PIXELS_MOST && items / pixels >= 2 * ENOUGH) pixels *= 2
    while (slices < SLICES_MOST && items * slices < ENOUGH && taps >= 4 * slices * TAPS_LEAST) slices *= 4
  }
  return { pixels: kind === 'mean' ? 1 : pixels, slices: kind === 'depthwise' ? 1 : slices }
}
