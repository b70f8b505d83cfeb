import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import { Programs, UNITS } from '../../../gpu/webgl/programs.ts'
import { bind, drawing } from '../../../gpu/webgl/state.ts'
import { Surface, unfiltered } from '../../../gpu/webgl/surface.ts'
import { STRIP } from './shaders.ts'
import { halvesOf } from './weights.ts'

export type Shape = [1, height: number, width: number, channels: number]

/**
 * An image on a texture array: four channels a texel, pixel x of a row in layer x % STRIP; groups of channels lie side by
 * side. Of an input, which has but one group, one layer holds it a pixel after the other.
 */
export class Image {
  readonly shape: Shape
  readonly surface: Surface
  readonly #done: () => void

  constructor(shape: Shape, surface: Surface, done: () => void = () => {}) {
    this.shape = shape
    this.surface = surface
    this.#done = done
  }

  get plain(): boolean {
    return this.surface.layers === 1
  }

  /** Texels of a row of one group, pixels, rows, groups. */
  get sides(): [number, number, number, number] {
    const [, height, width, channels] = this.shape
    return [this.plain ? width : Math.ceil(width / STRIP), width, height, Math.ceil(channels / 4)]
  }

  dispose(): void {
    this.#done()
  }
}

/** Textures of tensors, by the samplers that see them. */
interface Sources {
  values?: Image
  added?: Image | undefined
  tensor?: Tensor
  filter?: Tensor
  bias?: Tensor
}

/** Draws images, on TensorFlow.js's own context. What it holds ends with the context. */
export class Painter {
  readonly #gl: WebGL2RenderingContext
  readonly #programs: Programs
  /** Surfaces that hold nothing, by their size. */
  readonly #free = new Map<string, Surface[]>()
  readonly #framebuffer: WebGLFramebuffer | null
  #input: Surface | undefined
  /** By the data of their tensors, with which they go. */
  readonly #filters = new WeakMap<object, WebGLTexture>()

  /** Of the current backend. */
  static get current(): Painter {
    const gl = backend().gpgpu.gl as WebGL2RenderingContext
    const painter = painters.get(gl) ?? new Painter(gl)
    painters.set(gl, painter)
    return painter
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
    this.#programs = new Programs(gl)
    this.#framebuffer = gl.createFramebuffer()
  }

  /** An image of this shape, drawn. params: behind the sides of values and image. */
  image(shader: string, shape: Shape, sources: Sources, ...params: number[]): Image {
    const image = this.#made(shape)
    const [width, , height, groups] = image.sides
    this.#draw(shader, sources, image.sides, params, () => {
      this.#gl.bindFramebuffer(this.#gl.FRAMEBUFFER, image.surface.framebuffer)
      this.#gl.viewport(0, 0, width * groups, height)
    })
    return image
  }

  /** A tensor that holds an image. */
  tensor(shader: string, values: Image): Tensor {
    const gl = this.#gl
    const info = backend().makeTensorInfo(values.shape, 'float32')
    const data = backend().texData.get(info.dataId)
    data.isPacked = true
    const { width, height, texture } = textureOf(info as Tensor)
    const [, , pixels, channels] = values.shape
    const params = [width, Math.ceil(channels / 2), Math.ceil(pixels / 2)]
    this.#draw(shader, { values }, [0, 0, 0, 0], params, () => {
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer)
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0)
      gl.viewport(0, 0, width, height)
    })
    return ENGINE.makeTensorFromTensorInfo(info) as Tensor
  }

  /** The input of a network, from values. */
  upload(values: Float32Array, shape: Shape): Image {
    const gl = this.#gl
    const [, height, width, channels] = shape
    this.#input ??= new Surface(gl, 1)
    this.#input.reserve(width, height)
    const texels = new Float32Array(height * width * 4)
    for (let from = 0, to = 0; from < values.length; from += channels, to += 4)
      for (let channel = 0; channel < channels; channel++) texels[to + channel] = values[from + channel]!
    bind(gl, UNITS.values, gl.TEXTURE_2D_ARRAY, this.#input.texture)
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, 0, width, height, 1, gl.RGBA, gl.FLOAT, texels)
    return new Image(shape, this.#input)
  }

  #filter(filter: Tensor): WebGLTexture {
    const known = this.#filters.get(filter.dataId)
    if (known) return known
    const gl = this.#gl
    const values = filter.dataSync<'float32'>() // they never went to the device
    const { width, height, texels } = halvesOf(values, filter.shape.slice(-2) as [number, number])
    const texture = gl.createTexture()
    bind(gl, UNITS.halves, gl.TEXTURE_2D, texture)
    unfiltered(gl, gl.TEXTURE_2D)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32UI, width, height)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, texels)
    this.#filters.set(filter.dataId, texture)
    return texture
  }

  #made(shape: Shape): Image {
    const image = new Image(shape, new Surface(this.#gl, STRIP), () => free.push(image.surface))
    const [width, , height, groups] = image.sides
    const key = `${width * groups} ${height}`
    const free = this.#free.get(key) ?? []
    this.#free.set(key, free)
    const known = free.pop()
    if (known) return new Image(shape, known, () => free.push(known))
    image.surface.reserve(width * groups, height)
    return image
  }

  #draw(shader: string, sources: Sources, to: number[], more: number[], target: () => void): void {
    const gl = this.#gl
    const { program, params } = this.#programs.link(shader)
    const { values, added, tensor, filter, bias } = sources
    // TensorFlow.js draws where a tensor is not on the device yet.
    const textures = [
      [UNITS.tensor, tensor && textureOf(tensor).texture],
      [UNITS.bias, bias && textureOf(bias).texture],
      [UNITS.halves, filter && this.#filter(filter)],
    ] as const
    drawing(gl, () => {
      gl.useProgram(program)
      target()
      bind(gl, UNITS.values, gl.TEXTURE_2D_ARRAY, values?.surface.texture ?? null)
      bind(gl, UNITS.added, gl.TEXTURE_2D_ARRAY, added?.surface.texture ?? null)
      for (const [unit, texture] of textures) if (texture) bind(gl, unit, gl.TEXTURE_2D, texture)
      const all = Int32Array.from([...(values?.sides ?? [0, 0, 0, 0]), ...to, ...more])
      gl.uniform4iv(
        params,
        new Int32Array(16).map((_, at) => all[at] ?? 0),
      )
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    })
  }
}

const painters = new WeakMap<WebGL2RenderingContext, Painter>()

function backend(): MathBackendWebGL {
  return ENGINE.backend as MathBackendWebGL
}

/** The same tensor, or a packed one of the same values. */
export function packed(tensor: Tensor): Tensor {
  const { texture, isPacked } = backend().texData.get(tensor.dataId)
  if (!texture || isPacked) return tensor
  return ENGINE.makeTensorFromTensorInfo(backend().packTensor(tensor)) as Tensor
}

/** A packed tensor's texture, and its sides in texels. */
export function textureOf(tensor: Tensor): { texture: WebGLTexture; width: number; height: number } {
  const data = backend().texData.get(tensor.dataId)
  if (!data.texture) data.isPacked = true
  backend().uploadToGPU(tensor.dataId)
  const [height, width] = data.texShape!.map((side) => Math.ceil(side / 2)) as [number, number]
  return { texture: data.texture!.texture, width, height }
}
