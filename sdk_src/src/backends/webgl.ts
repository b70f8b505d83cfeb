import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl'
import { env, findBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core'

/** Textures beyond this are freed instead of kept for reuse: every size of photo leaves its own behind. */
const TEXTURE_BYTES_KEPT = 128 * 2 ** 20

let context: WebGL2RenderingContext | undefined

/** Makes WebGL 2 on a canvas of our own the current backend. onLost: its context is gone. */
export async function openWebgl(onLost: () => void): Promise<void> {
  if (!context || context.isContextLost()) context = makeContext(onLost)
  if (!(await setBackend('webgl'))) throw new Error('TF.js cannot use its WebGL')
}

/** Whether WebGL is open, but its context is gone: what it computes is garbage. */
export function webglLost(): boolean {
  return context?.isContextLost() ?? false
}

/** Gives the context and every texture back; the backend cannot be opened again in this worker. */
export function closeWebgl(): void {
  if (!context) return
  if (findBackend('webgl')) removeBackend('webgl')
  context.getExtension('WEBGL_lose_context')?.loseContext()
  context = undefined
}

function makeContext(onLost: () => void): WebGL2RenderingContext {
  const canvas = new OffscreenCanvas(1, 1)
  // TF.js refuses software rendering by default; here the probe measures it instead.
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false })
  if (!gl) throw new Error('there is no WebGL 2 in workers')
  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault()
    if (context === gl) onLost() // and not closed by us
  })
  setWebGLContext(2, gl as WebGLRenderingContext & WebGL2RenderingContext)
  env().set('WEBGL_VERSION', 2)
  env().set('WEBGL_DELETE_TEXTURE_THRESHOLD', TEXTURE_BYTES_KEPT)
  return gl
}
