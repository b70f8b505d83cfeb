/**
 * Draws between TensorFlow.js's draw calls on the same context: it sets what it needs before each of its own, but for the
 * scissor test, which it turns on once. Vertices come from their numbers, so no array of them is bound.
 */
export function drawing(gl: WebGL2RenderingContext, draw: () => void): void {
  gl.disable(gl.SCISSOR_TEST)
  gl.bindVertexArray(null)
  draw()
  gl.enable(gl.SCISSOR_TEST)
}

export function bind(gl: WebGL2RenderingContext, unit: number, target: number, texture: WebGLTexture | null): void {
  gl.activeTexture(gl.TEXTURE0 + unit)
  gl.bindTexture(target, texture)
}
