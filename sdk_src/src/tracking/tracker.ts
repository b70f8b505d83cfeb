import type { Affine, Nail, Point } from '../types.ts'
import { matchNails } from './match.ts'

/** A nail that is not seen any more stays for so long: one missed inference must not blink. */
const HOLD_MS = 150
/** Share of the new measurement while the nail rests: jitter falls to sqrt(0.35 / 1.65), less than half. */
const REST_WEIGHT = 0.35
/** Movement between two inferences, in nail widths, from which on nothing is smoothed: lag would show more than jitter. */
const FULL_SPEED = 0.5

interface Track {
  nail: Nail
  seenAt: number
}

/** Gives nails stable ids and takes the jitter out of them. */
export class Tracker {
  #tracks: Track[] = []
  #nextId = 1

  /** Takes an inference's nails, gives the nails to show. now: milliseconds, growing. The input is not changed. */
  update(nails: Nail[], now: number): Nail[] {
    const matches = matchNails(
      this.#tracks.map(({ nail }) => nail),
      nails,
    )
    const seen = nails.map((nail, index): Track => {
      const track = this.#tracks[matches[index] ?? -1]
      return { nail: track ? smooth(track.nail, nail) : { ...nail, id: this.#nextId++ }, seenAt: now }
    })
    const matched = new Set(matches)
    const held = this.#tracks.filter(({ seenAt }, index) => !matched.has(index) && now - seenAt < HOLD_MS)
    this.#tracks = [...seen, ...held]
    return this.#tracks.map(({ nail }) => nail)
  }

  /** Forgets everything: another video. */
  reset(): void {
    this.#tracks = []
  }
}

/** Exponential smoothing that lets go when the nail moves (the idea of the One-Euro filter, Casiez et al. 2012). */
function smooth(old: Nail, now: Nail): Nail {
  const moved = Math.hypot(now.center.x - old.center.x, now.center.y - old.center.y) / Math.max(now.size.width, 1)
  const weight = Math.min(1, REST_WEIGHT + ((1 - REST_WEIGHT) * moved) / FULL_SPEED)
  if (weight === 1) return { ...now, id: old.id }
  const mix = (a: number, b: number) => a + (b - a) * weight
  const point = (a: Point, b: Point): Point => ({ x: mix(a.x, b.x), y: mix(a.y, b.y) })
  const size = { length: mix(old.size.length, now.size.length), width: mix(old.size.width, now.size.width) }
  const center = point(old.center, now.center)
  const direction = old.direction + turn(old.direction, now.direction) * weight
  const place = placement(now, center, direction, size.length / now.size.length)
  return {
    ...now,
    id: old.id,
    center,
    size,
    direction,
    keypoints: now.keypoints.map((keypoint, i) => point(old.keypoints[i] ?? keypoint, keypoint)),
    mask: { ...now.mask, transform: compose(place, now.mask.transform), rect: moveRect(now, center) },
    contour: moveContour(now.contour, place),
  }
}

/** The similarity that takes the measured nail to its smoothed centre, direction and size. */
function placement(nail: Nail, center: Point, direction: number, scale: number): Affine {
  const angle = direction - nail.direction
  const cos = Math.cos(angle) * scale
  const sin = Math.sin(angle) * scale
  const { x, y } = nail.center
  return [cos, -sin, center.x - cos * x + sin * y, sin, cos, center.y - sin * x - cos * y]
}

/** outer after inner. */
function compose([a, b, c, d, e, f]: Affine, [g, h, i, j, k, l]: Affine): Affine {
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f]
}

function moveContour(contour: Float32Array, [a, b, c, d, e, f]: Affine): Float32Array {
  const moved = new Float32Array(contour.length)
  for (let i = 0; i < contour.length; i += 2) {
    const x = contour[i]!
    const y = contour[i + 1]!
    moved[i] = a * x + b * y + c
    moved[i + 1] = d * x + e * y + f
  }
  return moved
}

/** The rect is for coarse questions only: shifting it is enough. */
function moveRect({ mask: { rect }, center }: Nail, to: Point): Nail['mask']['rect'] {
  return { ...rect, x: rect.x + to.x - center.x, y: rect.y + to.y - center.y }
}

/** The shortest turn between two directions, -pi to pi. */
function turn(from: number, to: number): number {
  return Math.atan2(Math.sin(to - from), Math.cos(to - from))
}
