import type { Rect } from '../types.ts'
import { cross, type Vector } from '../vector.ts'
import { SHADING } from './coat.ts'
import { clamp, coatColor, smoothstep } from './coat_color.ts'
import { type LinearRgb, toLinear, toSrgb } from './color.ts'
import { fitLight, type Light, type Sample } from './light_fit.ts'
import { sampleMask } from './mask_spline.ts'
import { apply, type PaintedNail, toFrame } from './painted.ts'
import type { Patterns } from './patterns.ts'
import { Picture } from './picture.ts'
import type { Context2D } from './renderer.ts'
import { halfWidth } from './shapes.ts'

const LINEAR = Float32Array.from({ length: 256 }, (_, i) => toLinear(i / 255))
const RING = Array.from({ length: SHADING.blurTaps }, (_, i) => (i * 2 * Math.PI) / SHADING.blurTaps)

/**
 * Paints with pixels instead of shaders, for browsers without WebGL 2 and for the largest photos.
 *
 * Every finish, shape and length looks as it does with WebGL, flake by flake. Edges follow the mask alone, not the photo,
 * and a lengthened nail throws no shadow.
 */
export function paintWithPixels(context: Context2D, nails: PaintedNail[], patterns: Patterns | undefined): void {
  for (const nail of nails) paintNail(context, nail, Picture.of(nail, patterns))
}
export type PaintWithPixels = typeof paintWithPixels

/** A place on a nail and what the photo shows there. */
interface Place {
  u: number
  v: number
  /** How much the own nail is there, 0 to 1. */
  inNail: number
  /** Away from the white tip. */
  bed: number
  /** Inside of the lengthened nail, pixels. */
  longer: number
  mask: number
  bare: LinearRgb
}

function paintNail(context: Context2D, painted: PaintedNail, picture: Picture): void {
  const { bounds, toMask, axes, polish } = painted
  const image = context.getImageData(bounds.x, bounds.y, bounds.width, bounds.height)
  const luminance = new Luminance(image, bounds)
  const fit = fitLight(samplesOf(painted, luminance))
  const { data } = image
  const { mask } = painted.nail
  // Mask pixels per output pixel: how wide the edge is in the mask.
  const step = Math.sqrt(Math.abs(toMask[0] * toMask[4] - toMask[1] * toMask[3]))
  for (let row = 0; row < bounds.height; row++) {
    for (let column = 0; column < bounds.width; column++) {
      const x = bounds.x + column + 0.5
      const y = bounds.y + row + 0.5
      const [maskX, maskY] = apply(toMask, x, y)
      const inMask = maskX >= 0 && maskY >= 0 && maskX <= mask.width && maskY <= mask.height
      const { value, slope } = inMask ? sampleMask(mask, maskX, maskY) : { value: 0, slope: 0 }
      const own = clamp((value - 0.5) / Math.max(slope * step * SHADING.edge, 1e-4) + 0.5)
      const u = ((y - axes.y) * axes.alongX - (x - axes.x) * axes.alongY) / axes.halfWidth
      const v = ((x - axes.x) * axes.alongX + (y - axes.y) * axes.alongY) / axes.halfLength
      const longer = painted.lengthened ? lengthened(painted, u, v) : -1e3
      const alpha = Math.max(own, clamp(longer + 0.5)) * polish.opacity
      if (alpha === 0) continue
      const at = (row * bounds.width + column) * 4
      const inNail = smoothstep(0.5, 0.9, value)
      const bed = inNail * (1 - (painted.lengthened ? smoothstep(0, 0.55, v) : smoothstep(0.55, 1, v)))
      const bare = [0, 1, 2].map((channel) => LINEAR[data[at + channel]!]) as LinearRgb
      const light = shade(painted, fit, luminance, x, y, { u, v, inNail, bed, longer, mask: value, bare }, picture)
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = data[at + channel]! * (1 - alpha) + toSrgb(light[channel]!) * 255 * alpha
      }
      data[at + 3] = data[at + 3]! * (1 - alpha) + 255 * alpha
    }
  }
  context.putImageData(image, bounds.x, bounds.y)
}

/** The twin of the fragment shader's light: change both. */
function shade(
  painted: PaintedNail,
  { basis: fit, tint }: Light,
  luminance: Luminance,
  x: number,
  y: number,
  { u, v, inNail, bed, longer, mask, bare }: Place,
  picture: Picture,
): number[] {
  const { coat, axes, outline, end, mirror, lengthened: grown } = painted
  const [cu, cv] = [clamp(u, -1.15, 1.15), clamp(v, -1.15, 1.15)]
  const smooth = Math.exp(fit[0] + fit[1] * cu + fit[2] * cv + fit[3] * cu * cu)
  const level = Math.exp(fit[0] + fit[3] / 3)
  const here = luminance.at(x, y)
  let ring = here
  for (const angle of RING) {
    const radius = SHADING.blurRadius * axes.halfWidth
    ring += luminance.at(x + Math.cos(angle) * radius, y + Math.sin(angle) * radius)
  }
  ring /= RING.length + 1

  const rest = clamp(ring / smooth, 0.3, 2) ** (ring < smooth ? SHADING.darker : SHADING.brighter)
  const grain = clamp(here / Math.max(ring, 1e-3), 0.7, 1.4) ** SHADING.grain
  const scene = Math.min(level / SHADING.darkBelow, 1) ** SHADING.darkExponent
  const own = Math.max(bed, grown ? 0 : inNail * 0.4)
  const side = 1 - SHADING.sideShade * Math.min(Math.abs(u), 1.1) ** 3
  const thick = Math.max(smoothstep(0.5, 0.95, mask), smoothstep(0, 0.14 * axes.halfWidth, longer))
  const edge = 1 - SHADING.edgeShade * (1 - thick)
  const fitted = clamp(smooth / level, SHADING.least, SHADING.most) ** coat.shading
  const brightest = Math.max(...painted.color, ...(painted.finish > 9 ? painted.accent : []))
  const room = 1 - SHADING.headroom * brightest ** 2
  const inLight = fitted * (1 + (rest * grain - 1) * own)
  const lit = Math.min(inLight, 1 + (inLight - 1) * room) * side * edge * scene

  const over = Math.max(SHADING.highlightOverMean * smooth, SHADING.highlightOverRing * ring)
  const shine = Math.max(here - over, 0) * Math.max(bed, grown ? 0 : inNail * 0.15)
  const full = grown ? end : outline.tip
  const theta = clamp(u, -1.2, 1.2) * SHADING.curve
  const angle = theta - mirror[0]
  const along = ((v + 1) / (full + 1)) * 2 - 1
  const added =
    shine * coat.natural + reflection(theta, along - mirror[1], mirror[0], axes.halfWidth) * coat.gloss * scene
  const sheer = painted.polish.finish === 'jelly' // lets the photo's own light through
  const shown = bare.map((channel) => (channel / level) * scene) as LinearRgb
  const place = {
    u,
    v,
    angle,
    normal: normalAt(painted, theta, v),
    lit,
    bare: shown,
    inNail,
    full,
    picture: picture.at(u, v),
  }
  return coatColor(painted, place).map((channel, i) => channel * (sheer ? 1 : tint[i]!) + added)
}

/** The surface: an arch across, a flatter one along. */
function normalAt({ along, across }: PaintedNail, theta: number, v: number): Vector {
  const phi = v * SHADING.arch
  const up = cross(across, along)
  const [a, b, c] = [Math.cos(phi) * Math.cos(theta), Math.cos(phi) * Math.sin(theta), Math.sin(phi)]
  return up.map((each, i) => a * each + b * across[i]! + c * along[i]!) as Vector
}

/** half: pixels of half the nail's width. */
function reflection(theta: number, v: number, mirror: number, half: number): number {
  const [width, length, strength] = SHADING.streak
  const [distance, rimWidth, rimStrength] = SHADING.rim
  const [spread, sheen] = SHADING.sheen
  const angle = theta - mirror
  const rimAt = clamp(mirror + (mirror < 0 ? distance : -distance), -SHADING.rimMost, SHADING.rimMost)
  const rim = streak(theta - rimAt, v - 0.1, rimWidth, 0.5, half) * rimStrength
  const wide = Math.exp((-angle * angle) / (2 * spread ** 2)) * (1 - smoothstep(0.3, 1.1, Math.abs(v))) * sheen
  return streak(angle, v, width, length, half) * strength + rim + wide
}

function streak(angle: number, v: number, width: number, length: number, half: number): number {
  const wide = Math.max(width, 1.2 / half) // narrower than a pixel it would be a row of dashes
  const s = (angle / wide) ** 2 + (v / length) ** 4
  return (width / wide) * (1 - smoothstep(0.35, 1.65, s)) * (0.75 + 0.25 * clamp(v / length, -1, 1))
}

/** The twin of \`lengthened\` in the fragment shader. */
function lengthened({ outline, end, axes, curve }: PaintedNail, u: number, v: number): number {
  const length = end - outline.start
  const t = clamp((v - outline.start) / length)
  const half = outline.half * halfWidth(curve, t)
  const next = outline.half * halfWidth(curve, Math.min(t + 0.01, 1))
  const slope = (((half - next) / 0.01) * axes.halfWidth) / (length * axes.halfLength)
  const side = (half - Math.abs(u - outline.middle)) * axes.halfWidth
  const steep = 1 / Math.hypot(1, slope)
  return Math.min(
    side * (side > 0 ? steep : Math.max(steep, 0.35)),
    (end - v) * axes.halfLength,
    (v - outline.start) * axes.halfLength + 0.5,
  )
}

function samplesOf({ nail: { mask }, axes, toMask }: PaintedNail, luminance: Luminance): Sample[] {
  const grid = SHADING.fitGrid
  const samples: Sample[] = []
  for (let i = 0; i < grid * grid; i++) {
    const u = (((i % grid) + 0.5) / grid) * 2 - 1
    const v = ((Math.floor(i / grid) + 0.5) / grid) * 2 - 1
    const [x, y] = toFrame(axes, u, v)
    const [maskX, maskY] = apply(toMask, x, y).map(Math.floor) as [number, number]
    const inside = maskX >= 0 && maskY >= 0 && maskX < mask.width && maskY < mask.height
    if (!inside || mask.data[maskY * mask.width + maskX]! < 153 || !luminance.has(x, y)) continue
    samples.push({
      basis: [1, u, v, u * u],
      value: Math.log(Math.max(luminance.at(x, y), 0.004)),
      color: luminance.colorAt(x, y),
    })
  }
  return samples
}

/** Linear luminance of a picture before it is painted over; nearest pixel, clamped at the border. */
class Luminance {
  readonly #values: Float32Array
  readonly #bounds: Rect
  /** A copy would cost more than to be asked before anything is painted. */
  readonly #data: Uint8ClampedArray

  constructor({ data }: ImageData, bounds: Rect) {
    this.#bounds = bounds
    this.#data = data
    this.#values = new Float32Array(bounds.width * bounds.height)
    for (let i = 0; i < this.#values.length; i++) {
      const [red, green, blue] = [data[i * 4]!, data[i * 4 + 1]!, data[i * 4 + 2]!]
      this.#values[i] = 0.2126 * LINEAR[red]! + 0.7152 * LINEAR[green]! + 0.0722 * LINEAR[blue]!
    }
  }

  /** Linear light, nearest pixel. */
  colorAt(x: number, y: number): LinearRgb {
    const { x: left, y: top, width } = this.#bounds
    const at = ((Math.floor(y) - top) * width + Math.floor(x) - left) * 4
    return [0, 1, 2].map((channel) => LINEAR[this.#data[at + channel]!]) as LinearRgb
  }

  has(x: number, y: number): boolean {
    const { x: left, y: top, width, height } = this.#bounds
    return x >= left && y >= top && x < left + width && y < top + height
  }

  at(x: number, y: number): number {
    const { x: left, y: top, width, height } = this.#bounds
    const column = Math.min(Math.max(Math.floor(x) - left, 0), width - 1)
    const row = Math.min(Math.max(Math.floor(y) - top, 0), height - 1)
    return this.#values[row * width + column]!
  }
}
