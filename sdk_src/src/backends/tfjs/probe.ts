import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import { kernel } from './op.ts'
import { expectedAnswer, type Graph, holdAnswer, SMALL_GRAPH } from './probe_answer.ts'

const SPEED_RUNS = 3
const SPEED_SIDE = 64
const SPEED_CHANNELS = 32
const SPEED_BLOCKS = 8

const LAYER = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] }

/** Runs a small graph on the current backend. Throws when the answer is not what plain JavaScript computes. */
export async function checkAnswer(): Promise<void> {
  const answer = ENGINE.tidy(() => runGraph(SMALL_GRAPH))
  const got = await answer.data<'float32'>()
  answer.dispose()
  holdAnswer(got, expectedAnswer(SMALL_GRAPH))
}

/**
 * Least milliseconds of a stack of layers like the networks' (43 M multiply-adds), read back, after a first run.
 * toBeat: a backend that is twice as slow is not measured further.
 */
export async function measureSpeed(toBeat: number): Promise<number> {
  const x = noise([1, SPEED_SIDE, SPEED_SIDE, SPEED_CHANNELS], 1)
  const depthwise = noise([3, 3, SPEED_CHANNELS, 1], 2)
  const pointwise = noise([1, 1, SPEED_CHANNELS, SPEED_CHANNELS], 3)
  const reduce = noise([1, 1, SPEED_CHANNELS, 1], 4)
  let best = Number.POSITIVE_INFINITY
  try {
    for (let run = 0; run <= SPEED_RUNS && (run < 2 || best < 2 * toBeat); run++) {
      const start = performance.now()
      const result = ENGINE.tidy(() => {
        let y = x
        for (let block = 0; block < SPEED_BLOCKS; block++)
          y = conv(depthwiseConv(y, depthwise, 'relu6'), pointwise, 'relu6')
        return conv(y, reduce)
      })
      await result.data()
      result.dispose()
      if (run > 0) best = Math.min(best, performance.now() - start) // the first run compiles
    }
  } finally {
    for (const tensor of [x, depthwise, pointwise, reduce]) tensor.dispose()
  }
  return best
}

function runGraph({ x, shape, conv: filter, depthwise, pointwise }: Graph): Tensor {
  const [side, channels] = shape
  const image = tensor(x, [1, side, side, channels])
  const a = conv(image, tensor(filter, [3, 3, channels, channels]), 'relu6')
  const b = depthwiseConv(a, tensor(depthwise, [3, 3, channels, 1]))
  const c = conv(kernel('Add', { a: image, b }), tensor(pointwise, [1, 1, channels, 4]))
  return kernel('DepthToSpace', { x: c }, { blockSize: 2, dataFormat: 'NHWC' })
}

function conv(x: Tensor, filter: Tensor, activation = 'linear'): Tensor {
  return kernel('FusedConv2D', { x, filter }, { ...LAYER, activation })
}

function depthwiseConv(x: Tensor, filter: Tensor, activation = 'linear'): Tensor {
  return kernel('FusedDepthwiseConv2D', { x, filter }, { ...LAYER, activation })
}

function noise(shape: number[], seed: number): Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size))
  return tensor(
    values.map((_, i) => Math.sin(i * 12.9898 + seed) * 0.3),
    shape,
  )
}

function tensor(values: Float32Array, shape: number[]): Tensor {
  return ENGINE.makeTensor(values, shape, 'float32') as Tensor
}
