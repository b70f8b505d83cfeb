import * as ort from 'onnxruntime-web/wasm'
import type { Contender, Task } from './contender.ts'
import { onCanvas } from './frames.ts'

const TIER = 256
const PATCH = 64
const NAILS = { 'no hand': 0, 'one hand': 5, 'two hands': 10 }

/** onnxruntime-web on our two ONNX files, one thread: the networks of a tracked frame alone, nothing before or after them. */
export async function onnxruntimeWeb(task: Task): Promise<Contender> {
  ort.env.wasm.wasmPaths = '/peers/onnxruntime/'
  ort.env.wasm.numThreads = 1
  const [heatmap, patch] = await Promise.all(
    ['nail_heatmap', 'nail_patch'].map((name) => ort.InferenceSession.create(`/peers/models/${name}.onnx`)),
  )
  const noise = (...shape: number[]) => {
    const size = shape.reduce((product, side) => product * side, 1)
    return new ort.Tensor('float32', Float32Array.from({ length: size }, Math.random), shape)
  }
  const image = noise(1, TIER, TIER, 3)
  const nails = NAILS[task.scene]
  const patches = nails > 0 ? noise(nails, PATCH, PATCH, 3) : undefined
  return onCanvas(
    task,
    async () => {
      await heatmap!.run({ image })
      if (patches) await patch!.run({ patches })
    },
    async () => {
      await heatmap!.release()
      await patch!.release()
    },
  )
}
