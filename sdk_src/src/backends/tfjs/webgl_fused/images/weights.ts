/** A filter as a texture of RGBA32UI. */
export interface Halves {
  width: number
  height: number
  texels: Uint32Array
}

/**
 * A filter [..., C, N] in half precision, in which the files have it: what a fragment fetches is half as much. For each tap
 * a row for each four of C, in it for each four of N two texels of eight numbers: what takes the four to the four, an input
 * channel after the other. Channels of C that only fill the four up have zeros.
 */
export function halvesOf(values: Float32Array, [inside, outside]: [inside: number, outside: number]): Halves {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const taps = values.length / inside / outside
  const groups = Math.ceil(inside / 4)
  const [width, height] = [outside / 2, taps * groups]
  const halves = new Uint16Array(width * height * 8)
  for (let tap = 0; tap < taps; tap++)
    for (let channel = 0; channel < inside; channel++) {
      const from = (tap * inside + channel) * outside
      const row = (tap * groups + (channel >> 2)) * width * 8 + (channel & 3) * 4
      for (let out = 0; out < outside; out++) halves[row + (out >> 2) * 16 + (out & 3)] = half(bits[from + out]!)
    }
  return { width, height, texels: new Uint32Array(halves.buffer) }
}

/** The nearest half-precision number's bits, from a float32's. */
function half(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 255) - 112
  const mantissa = bits & 0x7fffff
  if (exponent > 30) return sign | 0x7bff
  if (exponent > 0) return sign | (((exponent << 10) | (mantissa >> 13)) + ((mantissa >> 12) & 1))
  if (exponent < -10) return sign
  const shift = 14 - exponent
  return sign | (((mantissa | 0x800000) + (1 << (shift - 1))) >> shift)
}
