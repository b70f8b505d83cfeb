/** FIPS 180-4, section 6.2. Returns 32 bytes. */
export function digestInJs(data: Uint8Array): Uint8Array {
  const blocks = new Uint8Array((Math.floor((data.length + 8) / 64) + 1) * 64)
  blocks.set(data)
  blocks[data.length] = 0x80
  const view = new DataView(blocks.buffer)
  view.setUint32(blocks.length - 8, Math.floor(data.length / 2 ** 29))
  view.setUint32(blocks.length - 4, (data.length * 8) >>> 0)

  const hash = Uint32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)))
  const constants = Uint32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)))
  const words = new Uint32Array(64)
  for (let start = 0; start < blocks.length; start += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(start + i * 4)
    compress(hash, words, constants)
  }
  const out = new Uint8Array(32)
  hash.forEach((word, i) => {
    new DataView(out.buffer).setUint32(i * 4, word)
  })
  return out
}

function compress(hash: Uint32Array, w: Uint32Array, k: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const low = w[i - 15]!
    const high = w[i - 2]!
    const s0 = turn(low, 7) ^ turn(low, 18) ^ (low >>> 3)
    const s1 = turn(high, 17) ^ turn(high, 19) ^ (high >>> 10)
    w[i] = w[i - 16]! + s0 + w[i - 7]! + s1
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) hash[i] = hash[i]! + word
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

/** The first 32 bits of the fractional part. */
function fraction(value: number): number {
  return Math.floor((value % 1) * 2 ** 32)
}

function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}
