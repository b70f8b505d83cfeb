import type { Choices } from './choices.ts'

/** The first rows of the framebuffer that is bound, as floats: four a texel. */
export async function readBack(
  gl: WebGL2RenderingContext,
  width: number,
  rows: number,
  way: Choices['read'],
): Promise<Float32Array> {
  const floats = new Float32Array(width * rows * 4)
  if (way === 'sync') {
    gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, floats)
    return floats
  }
  const buffer = gl.createBuffer()
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer)
  gl.bufferData(gl.PIXEL_PACK_BUFFER, floats.byteLength, gl.STREAM_READ)
  gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, 0)
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
  gl.flush()
  try {
    await passed(gl, fence)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer)
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, floats)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
  } finally {
    gl.deleteSync(fence)
    gl.deleteBuffer(buffer)
  }
  return floats
}

/** A message to oneself comes back at once, where a timer would wait for 4 ms. */
function passed(gl: WebGL2RenderingContext, fence: WebGLSync | null): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise<void>((resolve, reject) => {
    port1.onmessage = () => {
      if (gl.isContextLost() || !fence) reject(new Error('the context is lost'))
      else if (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) port2.postMessage(null)
      else resolve()
    }
    port2.postMessage(null)
  }).finally(() => port1.close())
}
