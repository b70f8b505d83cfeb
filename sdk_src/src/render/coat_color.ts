import type { Vector } from '../vector.ts'
import type { LinearRgb } from './color.ts'
import type { PaintedNail } from './painted.ts'

/** A place on the coat. */
export interface CoatPlace {
  /** Across and along, in half widths and half lengths. */
  u: number
  v: number
  /** Angle of the curved surface against the mirror, radians; the surface's normal. */
  angle: number
  normal: Vector
  /** Light on it, 1 on a grey card. */
  lit: number
  /** What the photo shows there, against the nail's mean light, and how much of it is nail. */
  bare: LinearRgb
  inNail: number
  /** v where the tip is now. */
  full: number
  /** The picture of nail art: linear red, green, blue, and how much it covers. */
  picture: number[]
}

/** What is known of a flake: how much it covers, how it mirrors the light, its own number; 0 to 1 each. */
type Flake = [cover: number, mirror: number, own: number]

/** The twin of `coatOf` in the fragment shader: change both. Linear light before gloss. */
export function coatColor({ polish, color, accent, axes, nail, mirror }: PaintedNail, place: CoatPlace): number[] {
  const { u, v, angle, normal, lit, bare, inNail, full, picture } = place
  const seed = nail.id % 4096
  const half = axes.halfWidth
  const tilt = [angle, v * 0.4 - mirror[1]]
  const flake = (cell: number, share: number, layer: number, tiltU = tilt[0]!, tiltV = tilt[1]!) =>
    flakes([u, (v * axes.halfLength) / half], cell, half, share, seed, layer, tiltU, tiltV)
  const each = (value: (channel: number, i: number) => number) => color.map(value)
  const mixed = (share: number) => each((channel, i) => mix(channel, accent[i]!, share) * lit)
  const bell = (x: number, width: number) => Math.exp((-x * x) / width)
  switch (polish.finish) {
    case 'jelly': {
      const strongest = Math.max(...color, 0.05)
      return each((channel, i) => {
        const glass = mix([1.2, 0.93, 0.83][i]! * lit, Math.min(bare[i]!, 2), inNail)
        return channel * mix(glass * (channel / strongest) ** (0.35 * u * u - 0.06), lit, 0.3)
      })
    }
    case 'shimmer': {
      const [fine, large] = [flake(0.06, 0.75, 1), flake(0.12, 0.25, 2)]
      const sparkle = (fine[0] * (fine[1] - 0.25) * 0.7 + large[0] * large[1] * 0.5) * (0.35 + 0.65 * bell(angle, 1))
      const pearl = 0.34 * bell(angle, 0.35)
      return each((channel, i) => (mix(channel, accent[i]!, pearl) + (accent[i]! + 0.15) * sparkle * 0.6) * lit)
    }
    case 'glitter': {
      const fine = flake(0.09, 0.8, 1)
      const large = flake(0.17, 0.5, 2, tilt[0]! * 0.7, tilt[1]! * 0.7)
      return each((channel, i) => {
        const small = accent[i]! * (0.3 * lit + 1.6 * fine[1]) * mix(1, spectrum(fine[2], i) + 0.4, 0.25)
        const big = accent[i]! * (0.35 * lit + 2.2 * large[1]) * mix(1, spectrum(large[2], i) + 0.4, 0.3)
        return mix(mix(channel * lit, small, fine[0] * 0.85), big, large[0])
      })
    }
    case 'metallic': {
      const [grain] = hash(Math.floor(u * 34), seed, 3)
      const sides = bell(angle - 1.15, 0.05) + bell(angle + 1.15, 0.05)
      const brushed = 0.94 + 0.12 * grain * smoothstep(1, 2, half / 34)
      const foil = (0.45 + bell(angle, 0.11) + 0.5 * sides) * brushed
      const fine = flake(0.06, 0.6, 1)
      return each((channel) => channel * lit * (foil + fine[0] * (fine[1] - 0.2) * 0.35) + foil * foil * 0.02)
    }
    case 'chrome': {
      const [x, y, z] = normal
      const up = 2 * z * y + 0.7 * z * x + 0.08
      let sky = mix(0.16, 0.62, smoothstep(-0.25, 0.1, up)) * mix(1, 0.72, smoothstep(0.1, 0.55, up))
      sky += 0.7 * smoothstep(0.45, 0.62, up) * (1 - smoothstep(0.8, 0.98, up)) - 0.13 * bell((up - 0.02) / 0.06, 1)
      sky += 0.55 * smoothstep(0.62, 0.8, -up)
      const white = 0.08 + 0.4 * (1 - Math.abs(z)) ** 3
      return each((channel) => mix(channel, 1, white) * sky * 1.5 * mix(1, lit, 0.6))
    }
    case 'cat-eye': {
      const s = v * 0.62 + u * 0.5 - 0.12 - mirror[1] * 0.5 + 0.1 * u * u
      const [fine, large] = [flake(0.05, 0.9, 1, s * 1.5, 0.3), flake(0.1, 0.3, 2, s, 0)]
      const band = bell(s, 0.028) * 0.85 + bell(s, 0.16) * 0.3
      const dust = 0.75 + 0.6 * fine[0] * (fine[1] - 0.1) + 0.5 * large[0] * large[1]
      return each((channel, i) => (channel * 0.55 + accent[i]! * band * dust) * lit)
    }
    case 'holographic': {
      const fine = flake(0.07, 0.9, 1, tilt[0]! * 0.5, tilt[1]! * 0.5)
      const phase = 0.75 * angle + 0.45 * v + 0.18 * (fine[2] - 0.5) * fine[0] + axes.alongY * 0.3
      const beam = 0.55 + 0.65 * bell(angle, 0.5) + 0.8 * fine[0] * (fine[1] - 0.2)
      return each((channel, i) => {
        const rainbow = mix(0.5, spectrum(phase, i), 0.9)
        return mix(channel, channel * 0.35 + rainbow * 0.75, 0.62) * beam * lit
      })
    }
    case 'french':
      return mixed(smoothstep(-1, 1, (v - full + 0.42 + 0.36 * u * u) * axes.halfLength))
    case 'ombre':
      return mixed(smoothstep(-0.75, 0.85, ((v + 1) / (full + 1)) * 2 - 1))
    case 'pattern':
      return each((channel, i) => mix(channel, picture[i]!, picture[3]!) * lit)
    default:
      return mixed(0)
  }
}

/** The twin of `flakes` in the shader. p: place in half widths; half: pixels of one. */
function flakes(
  [x, y]: [number, number],
  cell: number,
  half: number,
  share: number,
  seed: number,
  layer: number,
  tiltU: number,
  tiltV: number,
): Flake {
  const pixels = cell * half
  const seen = smoothstep(1, 2.2, pixels)
  const far: Flake = [share * 0.44, 0.18, 0.5]
  if (seen === 0) return far
  const py = (0.6 * x + 0.8 * y) / cell + layer * 7.3
  const row = Math.floor(py)
  const px = (0.8 * x - 0.6 * y) / cell + layer * 7.3 + (row & 1) * 0.5
  const column = Math.floor(px)
  const h = hash(column, row, seed * 8 + layer)
  const k = hash(row + 91, column + 91, seed * 8 + layer + 4)
  const dx = Math.abs(px - column - 0.5 - (h[0] - 0.5) * 0.3)
  const dy = Math.abs(py - row - 0.5 - (h[1] - 0.5) * 0.3)
  const size = mix(0.25, 0.46, k[0])
  const soft = Math.min(0.5, 0.6 / pixels)
  const cover = h[2] <= share ? 1 - smoothstep(size - soft, size + soft, Math.max(dx * 0.866 + dy * 0.5, dy)) : 0
  const [facetU, facetV] = [(k[1] - 0.5) * 2.2 + tiltU, (k[2] - 0.5) * 2.2 + tiltV]
  const near: Flake = [cover, Math.exp(-(facetU * facetU + facetV * facetV) * 3.5), h[0]]
  return near.map((value, i) => mix(far[i]!, value, seen)) as Flake
}

/** The twin of `hash` in the shader: 0 to 1 each. */
function hash(a: number, b: number, c: number): [number, number, number] {
  let [x, y, z] = [a, b, c].map((value) => Math.imul(value, 1664525) + 1013904223) as [number, number, number]
  const stir = () => {
    x += Math.imul(y, z)
    y += Math.imul(z, x)
    z += Math.imul(x, y)
  }
  stir()
  ;[x, y, z] = [x ^ (x >>> 16), y ^ (y >>> 16), z ^ (z >>> 16)]
  stir()
  return [x, y, z].map((value) => (value >>> 8) / 16777216) as [number, number, number]
}

function spectrum(x: number, channel: number): number {
  return 0.5 + 0.5 * Math.cos(2 * Math.PI * (x + [0, 0.67, 0.33][channel]!))
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share
}

export function clamp(value: number, least = 0, most = 1): number {
  return Math.min(Math.max(value, least), most)
}

export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from))
  return t * t * (3 - 2 * t)
}
