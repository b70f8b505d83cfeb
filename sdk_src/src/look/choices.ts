import type { Finish } from '../types.ts'

/** The finishes that a polish can have. The renderers know them by their place here. */
export const FINISHES = [
  'cream',
  'gloss',
  'matte',
  'jelly',
  'shimmer',
  'glitter',
  'metallic',
  'chrome',
  'cat-eye',
  'holographic',
  'french',
  'ombre',
  'pattern',
] as const satisfies readonly Finish[]

/** The shapes that a lengthened nail can have. */
export const SHAPES = ['natural', 'square', 'round', 'almond', 'stiletto', 'coffin'] as const

/** The patterns that need no picture. */
export const PATTERNS = ['dots', 'stripes', 'checks', 'flowers'] as const
