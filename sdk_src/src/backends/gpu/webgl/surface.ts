/** Bytes of an RGBA32F texel. */
const TEXEL = 16

/**
 * A texture array of RGBA32F that is drawn to, all layers at once. It grows to the largest size that was asked for, and
 * smaller values use a part of it, so that frames of another size make no textures.
 */
export class Surface {
  readonly layers: number
  texture: WebGLTexture | null = null
  framebuffer: WebGLFramebuffer | null = null
  #width = 0
  #height = 0
  readonly #gl: WebGL2RenderingContext

  constructor(gl: WebGL2RenderingContext, layers: number) {
    this.#gl = gl
    this.layers = layers
  }

  get bytes(): number {
    return this.#width * this.#height * this.layers * TEXEL
  }

  get height(): number {
    return this.#height
  }

  /** Throws where the device cannot hold or draw to it. */
  reserve(width: number, height: number): void {
    if (width <= this.#width && height <= this.#height) return
    const gl = this.#gl
    const [w, h] = [Math.max(width, this.#width), Math.max(height, this.#height)]
    const most: number = gl.getParameter(gl.MAX_TEXTURE_SIZE)
    if (Math.max(w, h) > most) throw new Error(`a texture of ${w} x ${h} is more than ${most}`)
    this.dispose()
    this.#width = w
    this.#height = h
    this.texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture)
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA32F, w, h, this.layers)
    unfiltered(gl, gl.TEXTURE_2D_ARRAY)
    this.framebuffer = gl.createFramebuffer()
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer)
    const attachments = Array.from({ length: this.layers }, (_, layer) => gl.COLOR_ATTACHMENT0 + layer)
    for (const [layer, attachment] of attachments.entries())
      gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachment, this.texture, 0, layer)
    gl.drawBuffers(attachments)
    const status = gl.checkFramebufferStatus(gl.FRAMEBUFFER)
    if (status !== gl.FRAMEBUFFER_COMPLETE && !gl.isContextLost())
      throw new Error(`no framebuffer of ${this.layers} float layers (${status})`)
  }

  dispose(): void {
    this.#gl.deleteFramebuffer(this.framebuffer)
    this.#gl.deleteTexture(this.texture)
    this.#width = 0
    this.#height = 0
  }
}

/** Texels are fetched: float textures that cannot be filtered are complete only so. */
export function unfiltered(gl: WebGL2RenderingContext, target: number): void {
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
}
