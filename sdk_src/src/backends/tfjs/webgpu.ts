import '@tensorflow/tfjs-backend-webgpu/dist/flags_webgpu'
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu'
import { WebgpuExecutor } from '../gpu/webgpu_executor.ts'
import { TfjsBackend } from './tfjs_backend.ts'
import { WebgpuCrops } from './webgpu_crops.ts'

/** Limits that the kernels are written for: as much as the adapter has. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies (keyof GPUSupportedLimits)[]

/** WebGPU on a device of our own. onLost: the device is gone. */
export async function open(_assets: string, onLost: () => void): Promise<TfjsBackend> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) throw new Error('there is no WebGPU adapter')
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]))
  const device = await adapter.requestDevice({ requiredLimits })
  let [lost, closed] = [false, false]
  void device.lost.then(() => {
    lost = true
    if (!closed) onLost()
  })
  const backend = new WebGPUBackend(device, adapter.info)
  const crops = await WebgpuCrops.open(backend).catch(() => undefined) // then frames go through the core
  return TfjsBackend.open({
    name: 'webgpu',
    backend: 'webgpu',
    make: () => backend,
    lost: () => lost,
    crops,
    executor: new WebgpuExecutor(device),
    close: () => {
      closed = true
      device.destroy() // and with it all that the crops hold
    },
  })
}
