import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { env, setBackend } from '@tensorflow/tfjs-core'

let opened = false

/** Makes WASM the current backend: SIMD where there is SIMD, one thread. */
export async function openWasm(assets: string): Promise<void> {
  if (!opened) {
    // Threads would need cross-origin isolation and a blob: worker, and the networks are too small to gain from them.
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    setWasmPaths(assets)
  }
  if (!(await setBackend('wasm'))) throw new Error('its .wasm file could not be loaded or started')
  opened = true
}
