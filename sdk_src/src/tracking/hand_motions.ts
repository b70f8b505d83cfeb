import type { Point } from '../types.ts'

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
  return mean(speakers.filter(({ before }) => before === hand).map(({ drift }) => drift))
}

/** How fast a hand moves, for a nail of it that is new; undefined where too few were seen. */
export function rateOf(speakers: Speaker[], hand: number): Point | undefined {
  return mean(speakers.filter((speaker) => speaker.hand === hand).map(({ rate }) => rate))
}

function mean(points: Point[]): Point | undefined {
  if (points.length < SPEAKERS) return undefined
  const along = (axis: keyof Point) => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  return { x: along('x'), y: along('y') }
}
