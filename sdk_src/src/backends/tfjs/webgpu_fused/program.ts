import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu'
import { getMainHeaderString } from '@tensorflow/tfjs-backend-webgpu/dist/webgpu_program'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'

/** Invocations of a workgroup. */
export const GROUP = 64

/**
 * Runs a compute shader of ours.
 *
 * inputs: by the names that their arrays have in the shader; invocations: how many; code: functions and, at its end, the
 * statements for invocation `index`, which write `result[...]`.
 */
export function run(
  name: string,
  inputs: Record<string, Tensor>,
  outputShape: number[],
  invocations: number,
  { functions = '', body }: { functions?: string; body: string },
): Tensor {
  const groups = Math.ceil(invocations / GROUP)
  const code = `${functions}
${getMainHeaderString('index')} {
  _ = uniforms.size; // bound in any case
  ${invocations % GROUP ? `if (index >= ${invocations}) { return; }` : ''}
  ${body}
}`
  const program = {
    variableNames: Object.keys(inputs),
    outputShape,
    workgroupSize: [GROUP, 1, 1] as [number, number, number],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [groups, 1, 1] as [number, number, number],
    shaderKey: name + code,
    size: true,
    getUserCode: () => code,
  }
  const backend = ENGINE.backend as WebGPUBackend
  return ENGINE.makeTensorFromTensorInfo(backend.runWebGPUProgram(program, Object.values(inputs), 'float32')) as Tensor
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

export const ACTIVATIONS: Record<string, string> = {
  linear: 'sum',
  relu: 'max(sum, 0)',
  relu6: 'clamp(sum, 0, 6)',
}
