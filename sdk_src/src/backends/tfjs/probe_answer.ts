/** A graph with the operations that the networks are made of: conv, depthwise conv, ReLU6, add, depth-to-space. */
export interface Graph {
  /** Side and channels of the square image. */
  shape: [side: number, channels: number]
  x: Float32Array
  /** [3, 3, channels, channels] */
  conv: Float32Array
  /** [3, 3, channels, 1] */
  depthwise: Float32Array
  /** [1, 1, channels, 4] */
  pointwise: Float32Array
}

/**
 * Of the largest value. float32 stays below 1e-6; float16 textures, which some phones have, give 1e-3 and are out: masks
 * would be wrong by pixels after 60 layers of them.
 */
const TOLERANCE = 1e-4

const SIDE = 8
const CHANNELS = 4

/** Values with long mantissas, so that float16 shows. */
export const SMALL_GRAPH: Graph = {
  shape: [SIDE, CHANNELS],
  x: wave(SIDE * SIDE * CHANNELS, 0.731),
  conv: wave(9 * CHANNELS * CHANNELS, 1.317),
  depthwise: wave(9 * CHANNELS, 2.113),
  pointwise: wave(CHANNELS * 4, 0.417),
}

/** What the graph gives, in plain JavaScript: [1, 2 * side, 2 * side, 1]. */
export function expectedAnswer({ shape, x, conv, depthwise, pointwise }: Graph): Float32Array {
  const [side, channels] = shape
  const a = spatial(x, side, channels, (pixel, tap, out) => {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += pixel(c) * conv[(tap * channels + c) * channels + out]!
    return sum
  }).map((value) => Math.min(Math.max(value, 0), 6))
  const b = spatial(a, side, channels, (pixel, tap, out) => pixel(out) * depthwise[tap * channels + out]!)
  const answer = new Float32Array(side * side * 4)
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      for (let out = 0; out < 4; out++) {
        const at = (row * side + column) * channels
        let sum = 0
        for (let c = 0; c < channels; c++) sum += (x[at + c]! + b[at + c]!) * pointwise[c * 4 + out]!
        // Channel k of a cell becomes pixel (k >> 1, k & 1) of its 2 x 2 block.
        answer[(row * 2 + (out >> 1)) * side * 2 + column * 2 + (out & 1)] = sum
      }
    }
  }
  return answer
}

/** Throws where a backend's answer is off. */
export function holdAnswer(got: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (got[i] ?? Number.NaN))), 0)
  if (got.length !== expected.length || !(worst <= TOLERANCE * largest)) {
    throw new Error(
      `its answer is off by ${(worst / largest).toExponential(1)}, allowed is ${TOLERANCE.toExponential(0)}`,
    )
  }
}

/** A 3 x 3 convolution with zero padding; term gives what one tap adds to one output channel. */
function spatial(
  image: Float32Array,
  side: number,
  channels: number,
  term: (pixel: (channel: number) => number, tap: number, out: number) => number,
): Float32Array {
  const result = new Float32Array(image.length)
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      for (let tap = 0; tap < 9; tap++) {
        const y = row + Math.floor(tap / 3) - 1
        const x = column + (tap % 3) - 1
        if (y < 0 || y >= side || x < 0 || x >= side) continue
        const pixel = (channel: number) => image[(y * side + x) * channels + channel]!
        for (let out = 0; out < channels; out++) {
          const at = (row * side + column) * channels + out
          result[at] = result[at]! + term(pixel, tap, out)
        }
      }
    }
  }
  return result
}

function wave(length: number, step: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * step + step) * 0.7)
}
