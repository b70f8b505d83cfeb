import { MAX_HANDS } from '../specs.ts'
import type { Rect } from '../types.ts'
import type { Extent } from './extent.ts'

/** Regions of a frame's hands, at the hand's index; undefined where a hand is absent. */
export type Regions = (Rect | undefined)[]

export const NO_HANDS: Regions = new Array(MAX_HANDS).fill(undefined)

/** Share of the smaller region inside the other from which on both are of one hand. */
const SAME_HAND = 0.5
/** Share of a region's side that a hand is expected to move within one inference, at most. */
const REACH = 0.25

/**
 * The regions of this frame's hands: each detected one in the place of the tracked hand that it is, a new one in a free
 * place. A tracked hand that the detector missed keeps its region.
 */
export function placed(found: Rect[], tracked: Regions): Regions {
  const regions = [...tracked]
  const known = new Set<number>()
  const strangers = found.filter((region) => {
    const hand = ownerOf(region, tracked, known)
    if (hand < 0) return true
    known.add(hand)
    regions[hand] = region
    return false
  })
  for (const region of strangers) {
    const place = regions.indexOf(undefined)
    if (place >= 0) regions[place] = region
  }
  return regions
}

/**
 * Where to look for a hand that moves: around its last nails, and as far farther on each side as that side came since the
 * frame before, at most REACH of the region. A side that went back stays: a nail there may have been missed.
 */
export function reaching(now: Rect, before: Rect | undefined, { width, height }: Extent): Rect {
  if (!before) return now
  const [left, right] = reached(now.x, now.x + now.width, before.x, before.x + before.width, width)
  const [top, bottom] = reached(now.y, now.y + now.height, before.y, before.y + before.height, height)
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** The same along one axis of so many pixels. */
function reached(low: number, high: number, lowBefore: number, highBefore: number, side: number): [number, number] {
  const most = REACH * (high - low)
  const farther = (step: number) => Math.min(Math.abs(step), most)
  return [Math.max(low - farther(low - lowBefore), 0), Math.min(high + farther(high - highBefore), side)]
}

function ownerOf(region: Rect, tracked: Regions, taken: Set<number>): number {
  const overlaps = tracked.map((other, hand) => (other && !taken.has(hand) ? overlap(region, other) : 0))
  const most = Math.max(0, ...overlaps)
  return most >= SAME_HAND ? overlaps.indexOf(most) : -1
}

/** Share of the smaller rectangle inside the other, 0 to 1. */
export function overlap(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  return (width * height) / Math.min(a.width * a.height, b.width * b.height)
}

export function present(regions: Regions): Rect[] {
  return regions.filter((region) => region !== undefined)
}
