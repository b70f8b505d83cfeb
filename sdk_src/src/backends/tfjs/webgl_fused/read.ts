import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'

/** Milliseconds of waiting within a call, after which the next one does not: in software an inference takes seconds. */
const SLOW_MS = 100

let slow = false

/**
 * Values, read back while the worker waits: it has nothing else to do, and a fence that TensorFlow.js looks at now and then
 * is seen some milliseconds late.
 */
export async function read(tensors: Tensor[]): Promise<Float32Array[]> {
  const start = performance.now()
  const values = slow ? await Promise.all(tensors.map((tensor) => tensor.data<'float32'>())) : readNow(tensors)
  slow = performance.now() - start > SLOW_MS
  return values
}

function readNow(tensors: Tensor[]): Float32Array[] {
  const backend = ENGINE.backend as MathBackendWebGL
  // All are on their way before the first is waited for.
  const dense = tensors.map(({ dataId }) => backend.readToGPU(dataId))
  return dense.map(({ tensorRef, texture, texShape }, at) => {
    const texels = backend.gpgpu.downloadMatrixFromPackedTexture(texture!, ...texShape!)
    tensorRef.dispose()
    return texels.subarray(0, tensors[at]!.size)
  })
}
