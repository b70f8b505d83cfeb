import type { Finger, Nail } from '../types.ts'
import type { Pose } from './pose.ts'

/** A nail of earlier frames, where it is expected now. */
export type Expected = Pose & { finger: Finger }

/** Farther apart than this many lengths of the nail, two nails are not the same. */
const REACH = 1.2
/** Lengths that a changed finger counts for: fingers are confused sometimes, so it only decides between neighbours. */
const FINGER_PENALTY = 0.4

/** For each new nail the index of the old one that it continues, or -1. Greedy, nearest first; each old one once. */
export function matchNails(old: Expected[], now: Nail[]): number[] {
  const pairs = now.flatMap((nail, to) =>
    old.map((before, from) => ({ from, to, distance: distance(before, nail) })).filter((pair) => pair.distance < REACH),
  )
  pairs.sort((a, b) => a.distance - b.distance)
  const result = now.map(() => -1)
  const taken = new Set<number>()
  for (const { from, to } of pairs) {
    if (result[to] !== -1 || taken.has(from)) continue
    result[to] = from
    taken.add(from)
  }
  return result
}

/** Between the centres, in lengths of the nail. */
function distance(before: Expected, now: Nail): number {
  const apart = Math.hypot(now.center.x - before.x, now.center.y - before.y)
  const penalty = before.finger === now.finger ? 0 : FINGER_PENALTY
  return apart / Math.max(before.length, now.size.length, 1) + penalty
}
