import type { NailShape } from '../types.ts'

/**
 * The outline of a lengthened nail, from where it is widest (t = 0) to its end (t = 1): half of the width is
 * (1 - taper t) (1 - t^power)^end.
 */
export const SHAPE_CURVES: Record<NailShape, [taper: number, power: number, end: number]> = {
  natural: [0.05, 3.2, 0.5],
  square: [0.02, 40, 0.5],
  round: [0.05, 2.4, 0.5],
  almond: [0.22, 2.2, 0.62],
  stiletto: [0.45, 1.9, 0.9],
  coffin: [0.5, 40, 0.5],
}

/** The twin of \`halfWidth\` in the shader: change both. */
export function halfWidth([taper, power, end]: [number, number, number], t: number): number {
  return (1 - taper * t) * (1 - t ** power) ** end
}
