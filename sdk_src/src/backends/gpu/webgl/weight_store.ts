import type { Convolution } from '../plan.ts'
import type { Layout } from './layout.ts'
import { type Store, WEIGHTS_WIDTH_BITS } from './shaders/convolution.ts'
import { unfiltered } from './surface.ts'
import { weightsOf } from './weights.ts'

/** Sizes of uniform blocks, in vec4, that programs are compiled for: WebGL 2 promises the third. */
const BLOCK_SIZES = [64, 256, 1024, 4096]
const VEC4_BYTES = 16

/** A layer's weights on the device. */
export interface StoredWeights {
  store: Store
  buffer: WebGLBuffer | null
  texture: WebGLTexture | null
  /** vec4 that a draw call's block holds. */
  blockSize: number
  /** vec4 of one place of a block, and of a tile. */
  perPlace: number
  perTile: number
  /** How many tiles' weights a draw call sees. */
  tilesPerDraw: number
  bytes: number
}

/** Weights of networks, each uploaded once whatever sizes the network computes, and there while somebody holds them. */
export class WeightStore {
  readonly #gl: WebGL2RenderingContext
  readonly #blockSizes: number[]
  readonly #stored = new Map<Float32Array, StoredWeights & { holders: number }>()

  /** blockBytes: most that a uniform block is to hold. */
  constructor(gl: WebGL2RenderingContext, blockBytes: number) {
    this.#gl = gl
    const most = Math.min(blockBytes, gl.getParameter(gl.MAX_UNIFORM_BLOCK_SIZE))
    this.#blockSizes = BLOCK_SIZES.filter((size) => size * VEC4_BYTES <= most)
  }

  /** A layer's weights, held once more. */
  hold(layer: Convolution, input: Layout, output: Layout): StoredWeights {
    const known = this.#stored.get(layer.filter)
    if (known) {
      known.holders++
      return known
    }
    const { values, perPlace } = weightsOf(layer, input, output)
    const perTile = perPlace * layer.block ** 2
    const most = this.#blockSizes.at(-1) ?? 0
    const tilesPerDraw = Math.min(Math.floor(most / perTile), output.tiles)
    const made =
      tilesPerDraw > 0
        ? this.#buffered(values, { perPlace, perTile, tilesPerDraw })
        : this.#textured(values, { perPlace, perTile, tilesPerDraw: output.tiles })
    const stored = { ...made, holders: 1 }
    this.#stored.set(layer.filter, stored)
    return stored
  }

  release(filter: Float32Array): void {
    const stored = this.#stored.get(filter)
    if (!stored || --stored.holders > 0) return
    this.#gl.deleteBuffer(stored.buffer)
    this.#gl.deleteTexture(stored.texture)
    this.#stored.delete(filter)
  }

  memory(): { count: number; bytes: number } {
    const all = [...this.#stored.values()]
    return { count: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  #buffered(values: Float32Array, sizes: Pick<StoredWeights, 'perPlace' | 'perTile' | 'tilesPerDraw'>): StoredWeights {
    const gl = this.#gl
    const perDraw = sizes.perTile * sizes.tilesPerDraw
    const blockSize = this.#blockSizes.find((size) => size >= perDraw)!
    // The last draw call's block reaches past the weights.
    const lastDraw = Math.ceil(values.length / 4 / perDraw) - 1
    const bytes = (lastDraw * perDraw + blockSize) * VEC4_BYTES
    const buffer = gl.createBuffer()
    gl.bindBuffer(gl.UNIFORM_BUFFER, buffer)
    gl.bufferData(gl.UNIFORM_BUFFER, bytes, gl.STATIC_DRAW)
    gl.bufferSubData(gl.UNIFORM_BUFFER, 0, values)
    return { store: 'block', buffer, texture: null, blockSize, bytes, ...sizes }
  }

  #textured(values: Float32Array, sizes: Pick<StoredWeights, 'perPlace' | 'perTile' | 'tilesPerDraw'>): StoredWeights {
    const gl = this.#gl
    const width = 1 << WEIGHTS_WIDTH_BITS
    const rows = Math.ceil(values.length / 4 / width)
    const padded = new Float32Array(rows * width * 4)
    padded.set(values)
    const texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, width, rows)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, rows, gl.RGBA, gl.FLOAT, padded)
    unfiltered(gl, gl.TEXTURE_2D)
    return { store: 'texture', buffer: null, texture, blockSize: 0, bytes: padded.byteLength, ...sizes }
  }
}
