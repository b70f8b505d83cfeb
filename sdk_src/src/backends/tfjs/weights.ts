/** A constant of a graph. */
export interface Constant {
  shape: number[]
  dtype: 'float32' | 'int32' | 'bool'
  values: Float32Array | Int32Array | Uint8Array
}

/** How `model.json` describes a constant. */
export interface WeightDef {
  name: string
  shape: number[]
  dtype: string
  quantization?: { dtype: string; min?: number; scale?: number; original_dtype?: string }
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, float16: 2, uint16: 2, uint8: 1 }

/** Reads constants in the order in which they lie in the shards, made float32 again. Throws on an unknown type. */
export function readWeights(defs: WeightDef[], data: ArrayBuffer): Map<string, Constant> {
  const constants = new Map<string, Constant>()
  let offset = 0
  for (const { name, shape, dtype, quantization } of defs) {
    const stored = quantization?.dtype ?? dtype
    const size = BYTES[stored]
    if (size === undefined) throw new Error(`the constant ${name} is stored as ${stored}`)
    const count = shape.reduce((product, side) => product * side, 1)
    // A copy: what follows in the shards need not lie at a multiple of four bytes.
    const bytes = data.slice(offset, offset + count * size)
    if (bytes.byteLength !== count * size) throw new Error(`the constant ${name} lies past the end of the shards`)
    offset += count * size
    constants.set(name, {
      shape,
      dtype: dtype as Constant['dtype'],
      values: decoded(bytes, stored, dtype, quantization),
    })
  }
  return constants
}

function decoded(bytes: ArrayBuffer, stored: string, dtype: string, quantization: WeightDef['quantization']) {
  if (stored === 'float16') return fromFloat16(new Uint16Array(bytes))
  if (stored === 'uint8' && quantization) return affine(new Uint8Array(bytes), dtype, quantization)
  if (stored === 'uint16') return affine(new Uint16Array(bytes), dtype, quantization)
  if (stored === 'int32') return new Int32Array(bytes)
  return stored === 'bool' ? new Uint8Array(bytes) : new Float32Array(bytes)
}

function affine(values: Uint8Array | Uint16Array, dtype: string, { min = 0, scale = 1 } = {}) {
  if (dtype === 'int32') return Int32Array.from(values, (value) => Math.round(value * scale + min))
  return Float32Array.from(values, (value) => value * scale + min)
}

/** IEEE 754 half precision, by its bits: sign, 5 of the exponent, 10 of the mantissa. */
function fromFloat16(halves: Uint16Array): Float32Array {
  const result = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!
    const exponent = (half >> 10) & 31
    const mantissa = half & 1023
    const size =
      exponent === 31
        ? mantissa
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : exponent
          ? 2 ** (exponent - 15) * (1 + mantissa / 1024)
          : 2 ** -24 * mantissa
    result[i] = half & 0x8000 ? -size : size
  }
  return result
}
