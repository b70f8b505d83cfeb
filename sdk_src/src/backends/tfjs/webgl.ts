import '@tensorflow/tfjs-backend-webgl/dist/flags_webgl'
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl'
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl/dist/canvas_util'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import { WebglCrops } from '../gpu/webgl_crops.ts'
import { WebglExecutor } from '../gpu/webgl_executor.ts'
import { TfjsBackend } from './tfjs_backend.ts'

/** Textures beyond this are freed instead of kept for reuse: every size of photo leaves its own behind. */
const TEXTURE_BYTES_KEPT = 128 * 2 ** 20

/** WebGL 2 on a canvas of our own, four values a texel ("packed"). onLost: its context is gone. */
export async function open(_assets: string, onLost: () => void): Promise<TfjsBackend> {
  const canvas = new OffscreenCanvas(1, 1)
  // TF.js refuses software rendering by default; here the probe measures it instead.
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false })
  if (!gl) throw new Error('there is no WebGL 2 in workers')
  let closed = false
  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault()
    if (!closed) onLost()
  })
  setWebGLContext(2, gl as WebGLRenderingContext & WebGL2RenderingContext)
  ENGINE.ENV.set('WEBGL_VERSION', 2)
  ENGINE.ENV.set('WEBGL_DELETE_TEXTURE_THRESHOLD', TEXTURE_BYTES_KEPT)
  // One program a layer instead of one a layer and size: frames of another shape compile nothing.
  ENGINE.ENV.set('WEBGL_USE_SHAPES_UNIFORMS', true)
  const executor = executorOf(gl)
  const crops = await (executor && WebglCrops.open(gl, executor.programs, executor.input()))?.catch(() => undefined)
  return TfjsBackend.open({
    name: 'webgl',
    backend: 'webgl',
    make: () => new MathBackendWebGL(),
    executor,
    crops,
    lost: () => gl.isContextLost(),
    close: () => {
      closed = true
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  })
}

/** Undefined where the device draws to no float textures: TensorFlow.js then takes float16, and the probe decides. */
function executorOf(gl: WebGL2RenderingContext): WebglExecutor | undefined {
  try {
    return new WebglExecutor(gl)
  } catch {
    return undefined
  }
}
