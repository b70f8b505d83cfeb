import { MASK_SIZE, MAX_NAILS } from '../specs.ts'
import type { Rect } from '../types.ts'
import type { PaintedNail } from './painted.ts'
import { FRAGMENT, VERTEX } from './shaders.ts'

/** Floats an instance: five vec4 attributes, as in the vertex shader. */
const INSTANCE_FLOATS = 20

/** Paints all nails of a picture in one instanced draw call, on a canvas of its own; undefined without WebGL 2. */
export class WebglRenderer {
  readonly canvas = document.createElement('canvas')
  readonly #gl: WebGL2RenderingContext
  readonly #region: WebGLUniformLocation | null
  readonly #instances = new Float32Array(MAX_NAILS * INSTANCE_FLOATS)

  static open(): WebglRenderer | undefined {
    try {
      return new WebglRenderer()
    } catch {
      return undefined // Canvas 2D paints the same, slower
    }
  }

  private constructor() {
    const gl = this.canvas.getContext('webgl2', { antialias: false, depth: false, stencil: false })
    if (!gl) throw new Error('no WebGL 2')
    this.#gl = gl
    const program = link(gl)
    gl.useProgram(program)
    this.#region = gl.getUniformLocation(program, 'region')
    gl.uniform1i(gl.getUniformLocation(program, 'photo'), 0)
    gl.uniform1i(gl.getUniformLocation(program, 'masks'), 1)
    makeTexture(gl, gl.TEXTURE0, gl.TEXTURE_2D)
    makeTexture(gl, gl.TEXTURE1, gl.TEXTURE_2D_ARRAY)
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8, MASK_SIZE, MASK_SIZE, MAX_NAILS)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
    makeInstances(gl, this.#instances.byteLength)
  }

  /** False once the context is lost: make another renderer. */
  get usable(): boolean {
    return !this.#gl.isContextLost()
  }

  /**
   * Paints on a transparent canvas of the region's size. photo: what the region shows.
   * Returns false, and paints nothing, when the region is larger than this graphics card's canvases.
   */
  paint(photo: TexImageSource, region: Rect, nails: PaintedNail[]): boolean {
    const gl = this.#gl
    const { width, height } = region
    if (Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return false
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height })
    // Browsers give less than was asked for when memory is short.
    if (gl.drawingBufferWidth !== width || gl.drawingBufferHeight !== height) return false
    const count = Math.min(nails.length, MAX_NAILS)
    for (let i = 0; i < count; i++) this.#write(i, nails[i]!)

    gl.viewport(0, 0, width, height)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.activeTexture(gl.TEXTURE0)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, photo)
    gl.uniform4f(this.#region, region.x, region.y, width, height)
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.#instances, 0, count * INSTANCE_FLOATS)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count)
    return !gl.isContextLost()
  }

  /** Frees the context now instead of at the next garbage collection: browsers allow few at a time. */
  close(): void {
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #write(index: number, { nail, color, look, opacity }: PaintedNail): void {
    const gl = this.#gl
    const { mask, center, size, direction } = nail
    const [a, b, c, d, e, f] = mask.transform
    gl.activeTexture(gl.TEXTURE1)
    const { TEXTURE_2D_ARRAY: target, RED, UNSIGNED_BYTE } = gl
    gl.texSubImage3D(target, 0, 0, 0, index, MASK_SIZE, MASK_SIZE, 1, RED, UNSIGNED_BYTE, mask.data)
    // biome-ignore format: one vec4 a line, as in the shader
    this.#instances.set([
      a, b, c, index,
      d, e, f, opacity,
      center.x, center.y, Math.cos(direction), Math.sin(direction),
      Math.max(size.length / 2, 1), Math.max(size.width / 2, 1), look.shading, look.natural,
      ...color, look.gloss,
    ], index * INSTANCE_FLOATS)
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new Error('the context is lost')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? 'no compiler')
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'no linker')
  return program
}

function makeTexture(gl: WebGL2RenderingContext, unit: number, target: number): void {
  gl.activeTexture(unit)
  gl.bindTexture(target, gl.createTexture())
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}

function makeInstances(gl: WebGL2RenderingContext, bytes: number): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
  gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW)
  for (let location = 0; location < INSTANCE_FLOATS / 4; location++) {
    gl.enableVertexAttribArray(location)
    gl.vertexAttribPointer(location, 4, gl.FLOAT, false, INSTANCE_FLOATS * 4, location * 16)
    gl.vertexAttribDivisor(location, 1)
  }
}
