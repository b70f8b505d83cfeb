import { MASK_SIZE, MAX_NAILS } from '../specs.ts'
import type { Rect } from '../types.ts'
import { NailRows } from './nail_rows.ts'
import type { PaintedNail } from './painted.ts'
import type { Patterns } from './patterns.ts'

/** Units of the photo's texture, the masks' and the patterns'. */
const [PHOTO, MASKS, PATTERNS] = [0, 1, 2]

/** The shaders of a program. */
export interface Shaders {
  readonly VERTEX: string
  readonly FRAGMENT: string
}

/** While a driver compiles beside the page, it is asked so often whether it is done. */
const COMPILING_MS = 10

/** Paints all nails of a picture in one instanced draw call, on a canvas of its own; undefined without WebGL 2. */
export class WebglRenderer {
  readonly canvas = document.createElement('canvas')
  readonly #gl: WebGL2RenderingContext
  #region: WebGLUniformLocation | null = null
  #program: WebGLProgram | undefined
  readonly #rows = new NailRows()
  /** What the layers of the mask texture hold: a tracked nail's mask changes with inferences, not with frames. */
  readonly #masks: Uint8Array[] = []

  static open(shaders: Shaders): WebglRenderer | undefined {
    try {
      return new WebglRenderer(shaders)
    } catch {
      return undefined // Canvas 2D paints, slower
    }
  }

  private constructor(shaders: Shaders) {
    const gl = this.canvas.getContext('webgl2', { antialias: false, depth: false, stencil: false })
    if (!gl) throw new Error('no WebGL 2')
    this.#gl = gl
    makeTexture(gl, PHOTO, gl.TEXTURE_2D)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, null)
    makeTexture(gl, MASKS, gl.TEXTURE_2D_ARRAY)
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8, MASK_SIZE, MASK_SIZE, MAX_NAILS)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
    gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, gl.createBuffer())
    gl.bufferData(gl.UNIFORM_BUFFER, this.#rows.data.byteLength, gl.DYNAMIC_DRAW)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    this.#use(link(gl, shaders))
  }

  /** Paints with other shaders from when they are compiled, beside the page where the driver can. */
  async change(shaders: Shaders): Promise<void> {
    const gl = this.#gl
    const program = link(gl, shaders)
    const parallel = gl.getExtension('KHR_parallel_shader_compile')
    while (parallel && !gl.isContextLost() && !gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR)) {
      await new Promise((done) => setTimeout(done, COMPILING_MS))
    }
    if (!gl.isContextLost()) this.#use(program)
  }

  #use(program: WebGLProgram): void {
    const gl = this.#gl
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(reasonOf(gl, program))
    gl.useProgram(program)
    gl.deleteProgram(this.#program ?? null)
    this.#program = program
    this.#region = gl.getUniformLocation(program, 'region')
    gl.uniform1i(gl.getUniformLocation(program, 'photo'), PHOTO)
    gl.uniform1i(gl.getUniformLocation(program, 'masks'), MASKS)
    gl.uniform1i(gl.getUniformLocation(program, 'patterns'), PATTERNS)
    gl.uniformBlockBinding(program, gl.getUniformBlockIndex(program, 'Nails'), 0)
    // Drivers compile at the first draw, not when they link: a nail of no size now saves half a second later in SwiftShader.
    this.#rows.data.fill(0)
    gl.bufferSubData(gl.UNIFORM_BUFFER, 0, this.#rows.data)
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, 1)
    gl.flush()
  }

  /** False once the context is lost: make another renderer. */
  get usable(): boolean {
    return !this.#gl.isContextLost()
  }

  /**
   * Paints on a transparent canvas of the region's size. photo: what the region shows.
   * Returns false, and paints nothing, when the region is larger than this graphics card's canvases.
   */
  paint(photo: TexImageSource, region: Rect, nails: PaintedNail[], patterns: Patterns | undefined): boolean {
    const gl = this.#gl
    const { width, height } = region
    if (Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return false
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height })
    // Browsers give less than was asked for when memory is short.
    if (gl.drawingBufferWidth !== width || gl.drawingBufferHeight !== height) return false
    const count = Math.min(nails.length, MAX_NAILS)
    const layers = patterns?.upload(gl, PATTERNS, nails)
    for (let i = 0; i < count; i++) {
      this.#writeMask(i, nails[i]!.nail.mask.data)
      this.#rows.write(i, nails[i]!, layers?.[i] ?? -1)
    }

    gl.viewport(0, 0, width, height)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.activeTexture(gl.TEXTURE0 + PHOTO)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, photo)
    gl.uniform4f(this.#region, region.x, region.y, width, height)
    gl.bufferSubData(gl.UNIFORM_BUFFER, 0, this.#rows.data)
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count)
    return !gl.isContextLost()
  }

  /** Frees the context now instead of at the next garbage collection: browsers allow few at a time. */
  close(): void {
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #writeMask(layer: number, data: Uint8Array): void {
    if (this.#masks[layer] === data) return
    this.#masks[layer] = data
    const gl = this.#gl
    gl.activeTexture(gl.TEXTURE0 + MASKS)
    const { TEXTURE_2D_ARRAY: target, RED, UNSIGNED_BYTE } = gl
    gl.texSubImage3D(target, 0, 0, 0, layer, MASK_SIZE, MASK_SIZE, 1, RED, UNSIGNED_BYTE, data)
  }
}

/** Starts compiling; whether it worked is asked later, so that it can go on beside the page. */
function link(gl: WebGL2RenderingContext, { VERTEX, FRAGMENT }: Shaders): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new Error('the context is lost')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return program
}

/** Why a program did not link: what the compilers said. */
function reasonOf(gl: WebGL2RenderingContext, program: WebGLProgram): string {
  const said = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader))
  return [gl.getProgramInfoLog(program), ...said].join(' ')
}

/** A texture of a unit. */
export function makeTexture(gl: WebGL2RenderingContext, unit: number, target: number): void {
  gl.activeTexture(gl.TEXTURE0 + unit)
  gl.bindTexture(target, gl.createTexture())
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}
