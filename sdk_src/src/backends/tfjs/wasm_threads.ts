import '@tensorflow/tfjs-backend-wasm/dist/flags_wasm'
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm'
import makeModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js'
import { TfjsBackend } from './tfjs_backend.ts'

/** What TensorFlow.js does not declare of its own module. */
interface Wrapping {
  cwrap(name: string, result: string | null, argumentTypes: string[]): never
}

/** What threads may need to start; where a policy forbids their worker they never do. */
const START_TIMEOUT_MS = 5000

/**
 * WASM with SIMD and threads; the page has to be cross-origin isolated.
 *
 * TensorFlow.js starts its threads from blob: addresses, which a strict Content-Security-Policy forbids. Here they come
 * from two files beside the .wasm, so the module is started without TensorFlow.js's own `init`.
 */
export async function open(assets: string): Promise<TfjsBackend> {
  const script = new URL('tfjs-backend-wasm-threaded-simd.js', assets).href
  const starting = new AbortController()
  // Emscripten throws what a thread's worker reports, where nobody can catch it.
  globalThis.addEventListener('error', (event) => event.preventDefault(), { signal: starting.signal })
  const failed = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('its threads do not start')), START_TIMEOUT_MS)
  })
  const wasm = await Promise.race([
    makeModule({ locateFile: (path: string) => new URL(path, assets).href, mainScriptUrlOrBlob: script }),
    failed,
  ]).finally(() => starting.abort())
  const { cwrap: wrap } = wasm as unknown as Wrapping
  wasm.tfjs = {
    init: wrap('init', null, []),
    initWithThreadsCount: wrap('init_with_threads_count', null, ['number']),
    getThreadsCount: wrap('get_threads_count', 'number', []),
    registerTensor: wrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: wrap('dispose_data', null, ['number']),
    dispose: wrap('dispose', null, []),
  }
  return TfjsBackend.open({
    name: 'threads', // TensorFlow.js cuts names at an underscore
    backend: 'wasm',
    make: () => new BackendWasm(wasm), // its dispose ends the threads
    lost: () => false,
    close: () => {},
  })
}
