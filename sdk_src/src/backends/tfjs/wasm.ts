import '@tensorflow/tfjs-backend-wasm/dist/flags_wasm'
import { BackendWasm, init, setWasmPaths } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import { TfjsBackend } from './tfjs_backend.ts'
import { loadConvolutions, useConvolutions, type WasmModule } from './wasm_kernels/convolution.ts'

/** WASM: SIMD where there is SIMD, one thread, convolutions of our own. Nothing can take it away. */
export async function open(assets: string): Promise<TfjsBackend> {
  ENGINE.ENV.set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  setWasmPaths(assets)
  const loading = loadConvolutions(assets)
  const { wasm } = await init().catch(() => {
    throw new Error('its .wasm file could not be loaded or started')
  })
  await useConvolutions(await loading, wasm as unknown as WasmModule)
  return TfjsBackend.open({
    name: 'wasm',
    backend: 'wasm',
    make: () => new BackendWasm(wasm),
    lost: () => false,
    close: () => {},
  })
}
