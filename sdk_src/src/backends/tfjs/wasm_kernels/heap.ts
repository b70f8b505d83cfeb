import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm'
import type { TensorInfo } from '@tensorflow/tfjs-core/dist/tensor_info'

/** What a kernel of TensorFlow.js's WASM backend gets. */
export interface KernelArguments<Inputs, Attributes> {
  inputs: Inputs
  attrs: Attributes
  backend: BackendWasm
}

/** A tensor's memory: the whole heap in words of 4 bytes, and the tensor's first word. Void when the heap grows. */
export interface Words {
  heap: Uint32Array
  start: number
}

/** The words of a tensor of float32 or int32. */
export function wordsOf(backend: BackendWasm, tensor: TensorInfo): Words {
  const { buffer, byteOffset } = backend.typedArrayFromHeap(tensor)
  return { heap: new Uint32Array(buffer), start: byteOffset / 4 }
}
