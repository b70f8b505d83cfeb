import {
  add,
  conv2d,
  depthToSpace,
  depthwiseConv2d,
  dispose,
  relu6,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core'
import { expectedAnswer, type Graph, SMALL_GRAPH } from './probe_answer.ts'

/**
 * Of the largest value. float32 stays below 1e-6; float16 textures, which some phones have, give 1e-3 and are out: masks
 * would be wrong by pixels after 60 layers of them.
 */
const TOLERANCE = 1e-4
const SPEED_RUNS = 3
const SPEED_SIDE = 64
const SPEED_CHANNELS = 32
const SPEED_BLOCKS = 8

/** Runs a small graph on the current backend. Throws when the answer is not what plain JavaScript computes. */
export async function checkAnswer(): Promise<void> {
  const answer = tidy(() => runGraph(SMALL_GRAPH))
  const got = await answer.data<'float32'>()
  answer.dispose()
  const expected = expectedAnswer(SMALL_GRAPH)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (got[i] ?? Number.NaN))), 0)
  if (got.length !== expected.length || !(worst <= TOLERANCE * largest)) {
    throw new Error(
      `its answer is off by ${(worst / largest).toExponential(1)}, allowed is ${TOLERANCE.toExponential(0)}`,
    )
  }
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
      const result = tidy(() => {
        let y = x
        for (let block = 0; block < SPEED_BLOCKS; block++) {
          y = relu6(conv2d(relu6(depthwiseConv2d(y, depthwise, 1, 'same')), pointwise, 1, 'same'))
        }
        return conv2d(y, reduce, 1, 'same')
      })
      await result.data()
      result.dispose()
      if (run > 0) best = Math.min(best, performance.now() - start) // the first run compiles
    }
  } finally {
    dispose([x, depthwise, pointwise, reduce])
  }
  return best
}

function runGraph({ x, shape, conv, depthwise, pointwise }: Graph): Tensor4D {
  const [side, channels] = shape
  const image = tensor4d(x, [1, side, side, channels])
  const a = relu6(conv2d(image, tensor4d(conv, [3, 3, channels, channels]), 1, 'same'))
  const b = depthwiseConv2d(a, tensor4d(depthwise, [3, 3, channels, 1]), 1, 'same') as Tensor4D
  const c = conv2d(add<Tensor4D>(image, b), tensor4d(pointwise, [1, 1, channels, 4]), 1, 'same')
  return depthToSpace(c, 2, 'NHWC')
}

function noise(shape: [number, number, number, number], seed: number): Tensor4D {
  const values = new Float32Array(shape.reduce((product, size) => product * size))
  return tensor4d(
    values.map((_, i) => Math.sin(i * 12.9898 + seed) * 0.3),
    shape,
  )
}
