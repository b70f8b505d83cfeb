import type { Choices } from './choices.ts'

/** Reads what was drawn. */
export class ReadBack {
  readonly #gl: WebGL2RenderingContext
  /** Buffers that nobody reads from now, by their bytes. */
  readonly #free = new Map<number, WebGLBuffer[]>()

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
  }

  /** The first rows of the framebuffer that is bound, as floats: four a texel. */
  async rows(width: number, rows: number, way: Choices['read']): Promise<Float32Array> {
    const gl = this.#gl
    const floats = new Float32Array(width * rows * 4)
    if (way === 'sync') {
      gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, floats)
      return floats
    }
    const free = this.#free.get(floats.byteLength) ?? []
    this.#free.set(floats.byteLength, free)
    const buffer = free.pop() ?? this.#make(floats.byteLength)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer)
    gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, 0)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
    const fence = way === 'fence' && gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    if (fence) await passed(gl, fence)
    else await Promise.resolve() // who starts several runs does so before the first is waited for
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer)
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, floats)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
    free.push(buffer)
    return floats
  }

  #make(bytes: number): WebGLBuffer {
    const gl = this.#gl
    const buffer = gl.createBuffer()
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer)
    gl.bufferData(gl.PIXEL_PACK_BUFFER, bytes, gl.STREAM_READ)
    return buffer
  }
}

/** A message to oneself comes back at once, where a timer would wait for 4 ms. */
function passed(gl: WebGL2RenderingContext, fence: WebGLSync): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise<void>((resolve, reject) => {
    port1.onmessage = () => {
      if (gl.isContextLost()) reject(new Error('the context is lost'))
      else if (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) port2.postMessage(null)
      else resolve()
    }
    port2.postMessage(null)
  }).finally(() => {
    gl.deleteSync(fence)
    port1.close()
  })
}
