import type { Convolution, Mean, Plan } from '../plan.ts'
import { type Layout, layoutOf, tileRows } from './layout.ts'
import type { Program, Programs } from './programs.ts'
import { convolutionShader } from './shaders/convolution.ts'
import { meanShader } from './shaders/mean.ts'
import { PACK, PACKED_WIDTH } from './shaders/pack.ts'
import type { Surface } from './surface.ts'
import type { StoredWeights, WeightStore } from './weight_store.ts'

/** One draw call, with everything that it sets. */
export interface Draw {
  program: Program
  values: Surface
  added: Surface | undefined
  target: Surface
  weights: StoredWeights | undefined
  /** Of its block in the buffer. */
  offset: number
  params: Int32Array
  /** Rows of the target that are drawn. */
  top: number
  width: number
  rows: number
}

/** A plan as the draw calls that compute it, and where its outputs are in what is read back. */
export interface Recording {
  input: Layout
  draws: Draw[]
  /** Those that put the outputs below each other, from the first row on. */
  packing: Draw[]
  /** Floats of each output, and where it starts. */
  outputs: { start: number; length: number }[]
  rows: number
}

/** What draw calls are recorded with. */
export interface Recorder {
  programs: Programs
  weights: WeightStore
  /** Most layers of a layout. */
  most: number
  /** The k-th surface of so many layers. */
  surface(layers: number, index: number): Surface
  input(layers: number): Surface
  packed: Surface
}

const VEC4_BYTES = 16
/** Where in a draw call's params its first row is, of those that pack. */
export const FIRST = 7
/** Runs whose outputs are read together: two hands' looks. */
const TOGETHER = 2

export function record(plan: Plan, recorder: Recorder): Recording {
  const layouts = plan.shapes.map((shape) => layoutOf(shape, recorder.most))
  const input = layouts[0]!
  const surfaces: (Surface | undefined)[] = [recorder.input(input.layers)]
  reserve(surfaces[0]!, input)
  const draws: Draw[] = []
  for (const [index, layer] of plan.layers.entries()) {
    const target = freeSurface(layouts[layer.output]!, surfaces, recorder)
    surfaces[layer.output] = target
    reserve(target, layouts[layer.output]!)
    const between = { values: surfaces[layer.input]!, target, added: undefined, weights: undefined, offset: 0 }
    const [from, to] = [layouts[layer.input]!, layouts[layer.output]!]
    if (layer.kind === 'mean') draws.push({ ...between, ...meanDraw(layer, from, to, recorder) })
    else
      draws.push(
        ...convolutionDraws(layer, from, to, recorder).map((draw) => ({
          ...between,
          ...draw,
          added: surfaces[layer.add ?? -1],
        })),
      )
    for (const value of surfaces.keys())
      if (value > 0 && (plan.lastUse[value] ?? -1) <= index) surfaces[value] = undefined
  }
  return { input, draws, ...packed(plan, layouts, surfaces, recorder) }
}

type Own = Omit<Draw, 'values' | 'target' | 'added'>

function convolutionDraws(layer: Convolution, from: Layout, to: Layout, { programs, weights: store }: Recorder): Own[] {
  const { kind, size, block, activation, stride, pad } = layer
  const weights = store.hold(layer, from, to)
  const [height, width] = [to.height / block, to.width / block]
  const [top, left] = pad
  const reach = (cells: number, taps: number, before: number) => (cells - 1) * stride - before + taps
  const inside =
    top === 0 && left === 0 && reach(height, size[0], top) <= from.height && reach(width, size[1], left) <= from.width
  const key = { kind, size, block, activation, to: to.layers, adds: layer.add !== undefined, inside }
  const program = programs.start(convolutionShader({ ...key, store: weights.store, blockSize: weights.blockSize }))
  const rows = tileRows(to)
  const draws: Own[] = []
  for (let tile = 0; tile < to.tiles; tile += weights.tilesPerDraw) {
    const tiles = Math.min(weights.tilesPerDraw, to.tiles - tile)
    draws.push({
      program,
      weights,
      offset: tile * weights.perTile * VEC4_BYTES,
      params: Int32Array.of(
        ...source(from),
        to.width,
        to.height,
        rows,
        tile,
        left,
        top,
        stride,
        weights.perPlace,
        from.layers,
        0,
        0,
        0,
      ),
      top: tile * rows,
      width: to.width,
      rows: tiles * rows,
    })
  }
  return draws
}

function meanDraw(_: Mean, from: Layout, to: Layout, { programs }: Recorder): Own {
  const rows = tileRows(to)
  return {
    program: programs.start(meanShader(to.layers)),
    weights: undefined,
    offset: 0,
    params: Int32Array.of(...source(from), to.width, to.height, rows, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    top: 0,
    width: to.width,
    rows: rows * to.tiles,
  }
}

/** The outputs below each other in one surface, each in rows of its own. */
function packed(plan: Plan, layouts: Layout[], surfaces: (Surface | undefined)[], recorder: Recorder) {
  const outputs: Recording['outputs'] = []
  const packing: Draw[] = []
  const program = recorder.programs.start(PACK)
  let top = 0
  for (const output of plan.outputs) {
    const layout = layouts[output]!
    const length = layout.batch * layout.height * layout.width * layout.channels
    const rows = Math.ceil(length / (PACKED_WIDTH * 4))
    outputs.push({ start: top * PACKED_WIDTH * 4, length })
    const params = Int32Array.of(...source(layout), 1, 1, 1, top, layout.channels, layout.layers, 0, 0, 0, 0, 0, 0)
    const own = { program, params, top, width: PACKED_WIDTH, rows, weights: undefined, offset: 0 }
    packing.push({ ...own, values: surfaces[output]!, added: undefined, target: recorder.packed })
    top += rows
  }
  recorder.packed.reserve(PACKED_WIDTH, top * TOGETHER)
  return { packing, outputs, rows: top }
}

function source(layout: Layout): [number, number, number, number] {
  return [layout.width, layout.height, tileRows(layout), layout.tiles]
}

function reserve(surface: Surface, layout: Layout): void {
  surface.reserve(layout.width, tileRows(layout) * layout.tiles)
}

/** The first surface of a layout's layers that holds no value which is still needed. */
function freeSurface({ layers }: Layout, used: (Surface | undefined)[], recorder: Recorder): Surface {
  for (let index = 0; ; index++) {
    const surface = recorder.surface(layers, index)
    if (!used.includes(surface)) return surface
  }
}
