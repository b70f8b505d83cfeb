/** A plan in plain loops: what the executors for graphics cards have to compute. */
import type { Convolution, Plan } from '../../../sdk_src/src/backends/gpu/plan.ts'

const ACTIVATIONS: Record<Convolution['activation'], (value: number) => number> = {
  linear: (value) => value,
  relu: (value) => Math.max(value, 0),
  relu6: (value) => Math.min(Math.max(value, 0), 6),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
}

/** The plan's outputs for an input, NHWC. Forgets each value after its last use, as executors do. */
export function runPlan({ layers, shapes, outputs, lastUse }: Plan, input: Float32Array): Float32Array[] {
  const values: (Float32Array | undefined)[] = [input]
  const value = (index: number) => {
    const found = values[index]
    if (!found) throw new Error(`value ${index} is not there`)
    return found
  }
  for (const [index, layer] of layers.entries()) {
    const x = value(layer.input)
    const [from, to] = [shapes[layer.input]!, shapes[layer.output]!]
    if (layer.kind === 'mean') {
      const pixels = from.height * from.width
      values[layer.output] = Float32Array.from({ length: to.batch * to.channels }, (_, at) => {
        const [image, channel] = [Math.floor(at / to.channels), at % to.channels]
        let sum = 0
        for (let p = 0; p < pixels; p++) sum += x[(image * pixels + p) * to.channels + channel]!
        return sum / pixels
      })
    } else {
      const add = layer.add === undefined ? undefined : value(layer.add)
      values[layer.output] = convolved(layer, x, from, to, add)
    }
    lastUse.forEach((last, at) => {
      if (last === index) values[at] = undefined
    })
  }
  return outputs.map(value)
}

type Image = Plan['shapes'][number]

function convolved(layer: Convolution, x: Float32Array, from: Image, to: Image, add?: Float32Array): Float32Array {
  const { size, stride, pad, filter, bias, block, kind, activation } = layer
  const [height, width, depth] = [to.height / block, to.width / block, to.channels * block * block]
  const result = new Float32Array(to.batch * to.height * to.width * to.channels)
  const activate = ACTIVATIONS[activation]
  const sum = new Float64Array(depth)
  for (let n = 0; n < to.batch; n++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        sum.set(bias)
        for (let i = 0; i < size[0]; i++)
          for (let j = 0; j < size[1]; j++) {
            const [y, left] = [row * stride + i - pad[0], column * stride + j - pad[1]]
            if (y < 0 || y >= from.height || left < 0 || left >= from.width) continue
            const at = ((n * from.height + y) * from.width + left) * from.channels
            const tap = i * size[1] + j
            if (kind === 'depthwise') {
              for (let o = 0; o < depth; o++) sum[o] = sum[o]! + x[at + o]! * filter[tap * depth + o]!
            } else {
              for (let c = 0; c < from.channels; c++)
                for (let o = 0; o < depth; o++)
                  sum[o] = sum[o]! + x[at + c]! * filter[(tap * from.channels + c) * depth + o]!
            }
          }
        for (let o = 0; o < depth; o++) {
          const cell = Math.floor(o / to.channels)
          const [y, left] = [row * block + Math.floor(cell / block), column * block + (cell % block)]
          const at = ((n * to.height + y) * to.width + left) * to.channels + (o % to.channels)
          result[at] = activate(sum[o]! + (add?.[at] ?? 0))
        }
      }
  return result
}
