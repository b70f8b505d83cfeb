import type { Attributes } from '../attributes.ts'
import { fusion } from '../fusion.ts'
import { type Call, kernel, type Op } from '../op.ts'

export const Conv2D: Op = { kernels: ['Conv2D'], run: (call) => kernel('Conv2D', filtered(call), convolution(call)) }
export const DepthwiseConv2dNative: Op = {
  kernels: ['DepthwiseConv2dNative'],
  run: (call) => kernel('DepthwiseConv2dNative', filtered(call), convolution(call)),
}
export const _FusedConv2D: Op = { kernels: ['FusedConv2D'], run: (call) => fused('FusedConv2D', call) }
export const FusedDepthwiseConv2dNative: Op = {
  kernels: ['FusedDepthwiseConv2D'],
  run: (call) => fused('FusedDepthwiseConv2D', call),
}
export const MaxPool: Op = { kernels: ['MaxPool'], run: (call) => pooled('MaxPool', call) }
export const AvgPool: Op = { kernels: ['AvgPool'], run: (call) => pooled('AvgPool', call) }

function filtered(call: Call) {
  return { x: call.input(0), filter: call.input(1) }
}

function fused(name: string, call: Call) {
  const { bias, activation } = fusion(call.attributes)
  const at = bias ? 3 : 2
  const inputs = {
    ...filtered(call),
    ...(bias && { bias: call.input(2) }),
    ...(activation === 'prelu' && { preluActivationWeights: call.input(at) }),
  }
  const leakyreluAlpha = call.attributes.float('leakyrelu_alpha', 0.2)
  return kernel(name, inputs, { ...convolution(call), activation, leakyreluAlpha })
}

function convolution({ attributes }: Call) {
  const [, down = 1, right = 1] = attributes.ints('strides')
  const [, rows = 1, columns = 1] = attributes.ints('dilations')
  return {
    strides: [down, right],
    pad: padding(attributes),
    dataFormat: attributes.text('data_format', 'NHWC'),
    dilations: [rows, columns],
  }
}

function pooled(name: string, call: Call) {
  const { attributes } = call
  const filterSize = attributes.ints('ksize').slice(1, 3)
  const strides = attributes.ints('strides').slice(1, 3)
  return kernel(name, { x: call.input(0) }, { filterSize, strides, pad: padding(attributes) })
}

/** 'same', 'valid' or, for each dimension, what is added before and after it. */
function padding(attributes: Attributes): string | number[][] {
  const kind = attributes.text('padding', 'VALID').toLowerCase()
  if (kind !== 'explicit') return kind
  const sides = attributes.ints('explicit_paddings')
  return [0, 2, 4, 6].map((start) => sides.slice(start, start + 2))
}
