import type { Finger, Nail, Point } from '../types.ts'
import type { Pose } from './pose.ts'

/** A nail of earlier frames, where it is expected now. */
export type Expected = Pose & { finger: Finger; hand: number }

/** Farther apart than this many lengths of the nail, two nails are not the same. */
const REACH = 1.2
/** Lengths that a changed finger counts for: fingers are confused sometimes, so it only decides between neighbours. */
const FINGER_PENALTY = 0.4
/** A hand goes no farther than so many lengths between two inferences: 1,200 pixels a second, 80 ms each, and a reserve. */
const FARTHEST = 6
/** What a shift has to better the fit by: two nails' worth. One alone would fit anywhere. */
const BETTER = 1.5 * REACH

/**
 * For each new nail the index of the old one that it continues, or -1; each old one once.
 *
 * A hand that moves off faster than expected lies with one finger's nail where another's was. Its fingers then agree on
 * how far it went: the old nails are tried there too, and the better fit counts.
 */
export function matchNails(old: Expected[], now: Nail[]): number[] {
  let best = nearestFirst(old, now)
  let shifted = old
  for (const hand of new Set(old.map((nail) => nail.hand))) {
    const { x, y } = shiftOf(hand, old, now)
    const there = shifted.map((nail) => (nail.hand === hand ? { ...nail, x: nail.x + x, y: nail.y + y } : nail))
    const tried = nearestFirst(there, now)
    if (tried.fit > best.fit + BETTER) [best, shifted] = [tried, there]
  }
  return best.from
}

/** Greedy. fit: larger is better, REACH for a nail that is where it was expected. */
function nearestFirst(old: Expected[], now: Nail[]): { from: number[]; fit: number } {
  const pairs = now.flatMap((nail, to) =>
    old.map((before, from) => ({ from, to, distance: distance(before, nail) })).filter((pair) => pair.distance < REACH),
  )
  pairs.sort((a, b) => a.distance - b.distance)
  const result = now.map(() => -1)
  const taken = new Set<number>()
  let fit = 0
  for (const { from, to, distance } of pairs) {
    if (result[to] !== -1 || taken.has(from)) continue
    result[to] = from
    taken.add(from)
    fit += REACH - distance
  }
  return { from: result, fit }
}

/** Between the centres, in lengths of the nail. */
function distance(before: Expected, now: Nail): number {
  const apart = Math.hypot(now.center.x - before.x, now.center.y - before.y)
  const penalty = before.finger === now.finger ? 0 : FINGER_PENALTY
  return apart / Math.max(before.length, now.size.length, 1) + penalty
}

/** How far most of a hand's fingers went farther than expected, pixels. */
function shiftOf(hand: number, old: Expected[], now: Nail[]): Point {
  const moves = old.flatMap(({ x, y, length, ...before }) =>
    now
      .filter((nail) => before.hand === hand && nail.hand === hand && before.finger === nail.finger)
      .map(({ center }) => ({ x: center.x - x, y: center.y - y }))
      .filter((move) => Math.hypot(move.x, move.y) < FARTHEST * length),
  )
  return { x: median(moves.map(({ x }) => x)), y: median(moves.map(({ y }) => y)) }
}

/** 0 of nothing. */
function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0
}
