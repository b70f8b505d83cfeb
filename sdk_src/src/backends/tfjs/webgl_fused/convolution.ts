import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { ConvolutionParams, UpParams } from '../fused/convolution.ts'
import type { Call, Op } from '../op.ts'
import { type Image, Painter, packed, type Shape, textureOf } from './images/image.ts'
import { convolutionShader, TO_STRIPS, TO_TENSOR, upShader } from './images/shaders.ts'
import { half } from './program.ts'

/** 3 x 3 or 1 x 1 in one pass, without TensorFlow.js's im2col. */
export const _Convolution: Op = {
  kernels: [],
  run(call: Call) {
    const { stride, activation, residual } = call.params as ConvolutionParams
    const [values, filter, bias] = [imageOf(call, 0), call.input(1), call.input(2)]
    const [, height, width] = values.shape
    const [size, , , outside] = filter.shape as [number, number, number, number]
    const shape: Shape = [1, Math.ceil(height / stride), Math.ceil(width / stride), outside]
    const shader = convolutionShader({ size, stride, activation, residual, plain: values.plain })
    const added = residual ? imageOf(call, 3) : undefined
    return asValue(Painter.current.image(shader, shape, { values, filter, bias, added }))
  },
}

/** A pointwise convolution, each pixel's channels spread over two by two pixels, and the finer scale beside it. */
export const _Up: Op = {
  kernels: [],
  run(call: Call) {
    const { activation } = call.params as UpParams
    const [values, filter, bias, added] = [imageOf(call, 0), call.input(1), call.input(2), imageOf(call, 3)]
    const sources = { values, filter, bias, added }
    return asValue(Painter.current.image(upShader(activation), added.shape, sources, half(added.shape[3])))
  },
}

/** A tensor as an image. */
export const _ToStrips: Op = {
  kernels: [],
  run(call: Call) {
    const [given, tensor] = [call.input(0), packed(call.input(0))]
    const shape = tensor.shape as Shape
    const params = [textureOf(tensor).width, half(shape[3]), half(shape[2])]
    const image = Painter.current.image(TO_STRIPS, shape, { tensor }, ...params)
    if (tensor !== given) tensor.dispose()
    return asValue(image)
  },
}

/** An image as a tensor. */
export const _ToTensor: Op = {
  kernels: [],
  run: (call: Call) => Painter.current.tensor(TO_TENSOR, imageOf(call, 0)),
}

/** The graph hands images from operator to operator as if they were tensors, and disposes of them so. */
export function asValue(image: Image): Tensor {
  return image as unknown as Tensor
}

function imageOf(call: Call, index: number): Image {
  return call.input(index) as unknown as Image
}
