import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { Extent } from '../../pipeline/extent.ts'
import { NORMALISATIONS, SAMPLED_MODELS } from '../../specs.ts'
import type { Crops, DeviceInput } from '../backend.ts'
import { type Program, type Programs, UNITS } from './webgl/programs.ts'
import { CROP, MOST_CROPS } from './webgl/shaders/crop.ts'
import { bind, drawing } from './webgl/state.ts'
import { type Surface, unfiltered } from './webgl/surface.ts'

/** Floats of an affine. */
const AFFINE = 6

/** Inputs cut by a shader, straight into the texture that the executor's next run reads. Ends with the context. */
export class WebglCrops implements Crops {
  readonly #gl: WebGL2RenderingContext
  readonly #program: Program
  readonly #target: Surface
  readonly #frame: WebGLTexture | null
  /** Undefined until the first frame: whether the browser puts frames into textures. */
  #takes: boolean | undefined

  /** target: where networks' inputs lie. Rejects where the shader does not link. */
  static async open(gl: WebGL2RenderingContext, programs: Programs, target: Surface): Promise<WebglCrops> {
    const program = programs.start(CROP)
    await programs.finish([program])
    return new WebglCrops(gl, program, target)
  }

  private constructor(gl: WebGL2RenderingContext, program: Program, target: Surface) {
    this.#gl = gl
    this.#program = program
    this.#target = target
    this.#frame = gl.createTexture()
    bind(gl, UNITS.frame, gl.TEXTURE_2D, this.#frame)
    unfiltered(gl, gl.TEXTURE_2D)
  }

  take(frame: VideoFrame | ImageBitmap): boolean {
    if (this.#takes === false) return false
    const gl = this.#gl
    bind(gl, UNITS.frame, gl.TEXTURE_2D, this.#frame)
    try {
      // Where the frame is on the graphics card, Chromium copies it there. Not texSubImage2D: it goes another way.
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, frame)
      this.#takes ??= gl.getError() === gl.NO_ERROR
    } catch {
      this.#takes = false
    }
    return this.#takes
  }

  cut(affines: Float32Array, { width, height }: Extent, model: number, batch: number): DeviceInput {
    const gl = this.#gl
    const { program } = this.#program
    const count = affines.length / AFFINE
    if (count > MOST_CROPS) throw new Error(`${count} crops at once, ${MOST_CROPS} is most`)
    const { mean, std } = NORMALISATIONS[SAMPLED_MODELS[model]!]
    this.#target.reserve(width, height * batch)
    drawing(gl, () => {
      gl.useProgram(program)
      const place = (name: string) => gl.getUniformLocation(program, name)
      gl.uniform3fv(place('affines'), affines)
      gl.uniform3fv(place('mean'), mean)
      gl.uniform3fv(
        place('inverse'),
        std.map((deviation) => 1 / deviation),
      )
      gl.uniform1i(place('rows'), height)
      bind(gl, UNITS.frame, gl.TEXTURE_2D, this.#frame)
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target.framebuffer)
      gl.viewport(0, 0, width, height * count)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    })
    return { surface: this.#target, tensor: (shape) => this.#read(shape, width, height * batch) }
  }

  /** For TensorFlow.js's kernels: read back, which takes less than a frame's way through the core. */
  #read(shape: number[], width: number, rows: number): Tensor {
    const gl = this.#gl
    const texels = new Float32Array(width * rows * 4)
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target.framebuffer)
    gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, texels)
    const values = new Float32Array(width * rows * 3)
    for (let pixel = 0; pixel < width * rows; pixel++) values.set(texels.subarray(4 * pixel, 4 * pixel + 3), 3 * pixel)
    return ENGINE.makeTensor(values, shape, 'float32') as Tensor
  }
}
