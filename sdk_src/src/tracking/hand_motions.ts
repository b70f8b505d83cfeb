import type { Nail, Point } from '../types.ts'

/** So many nails of a hand have to be seen to speak for the others. */
const SPEAKERS = 2

/** What a nail that was seen says about the others of its hand. */
export interface Speaker {
  /** Its hand now, and as it was called before: names are exchanged when hands cross. */
  hand: number
  before: number
  /** How far it is from where it was expected, pixels. */
  drift: Point
  /** Pixels per second. */
  rate: Point
}

/** How far a hand is from where it was expected, for a nail of it that was not seen; undefined where too few were. */
export function driftOf(speakers: Speaker[], hand: number): Point | undefined {
  return middle(speakers.filter(({ before }) => before === hand).map(({ drift }) => drift))
}

/** How fast a hand moves, for a nail of it that is new; undefined where too few were seen. */
export function rateOf(speakers: Pick<Speaker, 'hand' | 'rate'>[], hand: number): Point | undefined {
  return middle(speakers.filter((speaker) => speaker.hand === hand).map(({ rate }) => rate))
}

/**
 * How fast its hand moves by a nail's first two measurements, so many milliseconds apart: together with the others' a
 * hand that moves is told from a first measurement that was off. Nothing by one that may be another nail.
 */
export function firstStep({ center: from }: Nail, { center: to, size, hand }: Nail, elapsed: number) {
  const [x, y] = [to.x - from.x, to.y - from.y]
  if (elapsed <= 0 || Math.hypot(x, y) > size.length) return []
  return [{ hand, rate: { x: (1000 * x) / elapsed, y: (1000 * y) / elapsed } }]
}

/** The median: one nail that was taken for another does not count. */
function middle(points: Point[]): Point | undefined {
  const { length } = points
  if (length < SPEAKERS) return undefined
  const along = (axis: keyof Point) => {
    const sorted = points.map((point) => point[axis]).sort((a, b) => a - b)
    return (sorted[length >> 1]! + sorted[(length - 1) >> 1]!) / 2
  }
  return { x: along('x'), y: along('y') }
}
