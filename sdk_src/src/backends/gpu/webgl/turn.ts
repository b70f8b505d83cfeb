import { PACKED_WIDTH } from './shaders/pack.ts'
import type { Surface } from './surface.ts'

/**
 * The outputs of runs that are started before one of them is waited for: below each other on a surface, read at once. The
 * worker waits for the device within `readPixels`; a fence that it looks at now and then was no faster.
 */
export class Turn {
  /** Rows that hold outputs. */
  rows = 0
  readonly #gl: WebGL2RenderingContext
  readonly #packed: Surface
  #floats: Float32Array | undefined

  constructor(gl: WebGL2RenderingContext, packed: Surface) {
    this.#gl = gl
    this.#packed = packed
  }

  get isOver(): boolean {
    return this.#floats !== undefined
  }

  /** All rows, four floats a texel: the device is waited for once. */
  read(): Float32Array {
    if (this.#floats) return this.#floats
    const gl = this.#gl
    this.#floats = new Float32Array(PACKED_WIDTH * this.rows * 4)
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#packed.framebuffer)
    gl.readPixels(0, 0, PACKED_WIDTH, this.rows, gl.RGBA, gl.FLOAT, this.#floats)
    return this.#floats
  }
}
