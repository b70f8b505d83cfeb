/** The networks one by one on WebGL: TensorFlow.js's kernels and our executor with each choice, in turns. */
import '@tensorflow/tfjs-backend-webgl/dist/flags_webgl'
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl'
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl/dist/canvas_util'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import { ops } from '#kernels'
import { PlannedNetwork } from '../../../sdk_src/src/backends/gpu/planned_network.ts'
import type { Choices } from '../../../sdk_src/src/backends/gpu/webgl/choices.ts'
import { WebglExecutor } from '../../../sdk_src/src/backends/gpu/webgl_executor.ts'
import { Graph } from '../../../sdk_src/src/backends/tfjs/graph.ts'
import { readGraph } from '../../../sdk_src/src/backends/tfjs/graph_def.ts'
import { TfjsBackend } from '../../../sdk_src/src/backends/tfjs/tfjs_backend.ts'
import { measureWays, type Way } from './measure.ts'

const gl = new OffscreenCanvas(1, 1).getContext('webgl2', { alpha: false, antialias: false, depth: false })
if (!gl) throw new Error('no WebGL 2 in workers')
setWebGLContext(2, gl as WebGLRenderingContext & WebGL2RenderingContext)
ENGINE.ENV.set('WEBGL_VERSION', 2)
ENGINE.ENV.set('WEBGL_USE_SHAPES_UNIFORMS', true)
await TfjsBackend.open({
  name: 'webgl',
  backend: 'webgl',
  make: () => new MathBackendWebGL(),
  lost: () => gl.isContextLost(),
  close: () => {},
})

function ours(choices: Choices): Way {
  const executor = new WebglExecutor(gl!, choices)
  return (files) =>
    new PlannedNetwork(files, readGraph(files), executor, async () => {
      throw new Error('the executor does not compute it')
    })
}

/** With another readPixels: what is left is the draw calls. */
function reading(way: Way, readPixels: () => void): Way {
  return (files) => {
    const network = way(files)
    return {
      prepare: (...words) => network.prepare(...words),
      run: async (...words) => {
        Object.assign(gl!, { readPixels })
        return network.run(...words).finally(() => delete (gl as Partial<WebGL2RenderingContext>).readPixels)
      },
      dispose: () => network.dispose(),
    }
  }
}

const base: Choices = { layers: 4, blockBytes: 65_536 }
const ways: Record<string, Way> = {
  'TensorFlow.js': (files) => new Graph(files, ops),
  '4 layers, block': ours(base),
  '2 layers, block': ours({ ...base, layers: 2 }),
  '8 layers, block': ours({ ...base, layers: 8 }),
  '4 layers, block, only drawn': reading(ours(base), () => gl.flush()),
  '4 layers, texture': ours({ ...base, blockBytes: 0 }),
}
const debug = gl.getExtension('WEBGL_debug_renderer_info')
const limits = [
  'MAX_DRAW_BUFFERS',
  'MAX_UNIFORM_BLOCK_SIZE',
  'UNIFORM_BUFFER_OFFSET_ALIGNMENT',
  'MAX_TEXTURE_SIZE',
] as const
await measureWays(ways, {
  renderer: debug && gl.getParameter(debug.UNMASKED_RENDERER_WEBGL),
  limits: Object.fromEntries(limits.map((name) => [name, gl.getParameter(gl[name])])),
})
