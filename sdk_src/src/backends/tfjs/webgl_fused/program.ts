import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl'
import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl/dist/gpgpu_math'
import { getTextureShapeFromLogicalShape, isReshapeFree } from '@tensorflow/tfjs-backend-webgl/dist/webgl_util'
import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'

/** An input: a tensor, shown in a shape of the same size. */
export interface Shown {
  tensor: Tensor
  shape: number[]
}

/**
 * TensorFlow.js's packed textures: a texel holds two rows (last but one axis) by two columns, (r, g) of the first row and (b, a)
 * of the second. Where a texture is too long, texels go on in its next line.
 */
const HERE = `
ivec2 here(int columns) {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int width = (outTexShape[1] + 1) / 2;
  if (width == columns) return at;
  int texel = at.y * width + at.x;
  return ivec2(texel % columns, texel / columns);
}
`

/** How a shader fetches a texel of an input: by row and column where each row of the tensor is a line of its texture. */
function fetch(name: string, { tensor, shape }: Shown): string {
  const texels = half(textureShape(tensor, shape)[1])
  const regular = texels === half(shape.at(-1)!)
  const texel = regular ? 'column, row' : `(row * columns + column) % ${texels}, (row * columns + column) / ${texels}`
  return `vec4 ${name}_texel(int row, int column, int columns) { return texelFetch(${name}, ivec2(${texel}), 0); }`
}

/** Values that a texture is high and wide: one that is there, or the one that TensorFlow.js will make of the shape. */
function textureShape({ dataId }: Tensor, shape: number[]): [number, number] {
  const data = (ENGINE.backend as MathBackendWebGL).texData.get(dataId)
  const stays = data.texture && data.isPacked && isReshapeFree(data.shape, shape)
  return stays ? data.texShape! : getTextureShapeFromLogicalShape(shape, true)
}

/**
 * Runs a fragment shader of ours over packed textures, one texel of the output each.
 *
 * inputs: by the names that they have in the shader, `NAME_texel(row, column, columns)` fetches one of their texels;
 * code: computes `vec4 result(ivec2 at)`, where at is (column, row) in texels, of `columns` a row; rows: the shader's `chosen`;
 * label: the tensor's shape, where it is another one.
 */
export function run(
  name: string,
  inputs: Record<string, Shown>,
  outputShape: number[],
  columns: number,
  code: string,
  { rows, label }: { rows?: number[]; label?: number[] } = {},
): Tensor {
  const names = Object.keys(inputs)
  const program: GPGPUProgram = {
    variableNames: names,
    outputShape,
    packedInputs: true,
    packedOutput: true,
    enableShapeUniforms: true,
    userCode: `// ${name}
${names.map((each) => fetch(each, inputs[each]!)).join('\n')}
${HERE}
${code}
void main() {
  setOutput(result(here(${columns})));
}`,
    ...(rows && { customUniforms: [{ name: 'chosen', arrayIndex: rows.length, type: 'int' as const }] }),
  }
  const backend = ENGINE.backend as MathBackendWebGL
  const infos = names.map((each) => {
    const { tensor, shape } = inputs[each]!
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype }
  })
  const info = backend.runWebGLProgram(program, infos, 'float32', rows && [rows])
  return ENGINE.makeTensorFromTensorInfo({ ...info, shape: label ?? outputShape }) as Tensor
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

/** Texels that so many values take. */
export function half(values: number): number {
  return Math.ceil(values / 2)
}

/** A tensor as tokens of so many channels. */
export function tokens(tensor: Tensor, channels: number): Shown {
  return { tensor, shape: [sizeOf(tensor.shape) / channels, channels] }
}

export const ACTIVATIONS: Record<string, string> = {
  linear: 'sum',
  relu: 'max(sum, 0.)',
  relu6: 'clamp(sum, 0., 6.)',
}
