import type { Finish } from '../types.ts'

/** How a finish answers to light. */
export interface Look {
  /** Exponent on the nail's own shading: 1 keeps it, 0 is flat. */
  shading: number
  /** Share of the nail's own highlights that shine through. */
  natural: number
  /** Strength of the reflection that a coat adds. */
  gloss: number
}

/** Chosen by eye on the sample photos; a coat is opaque, so the nail's own white tip must not show as brightness. */
export const LOOKS: Record<Finish, Look> = {
  cream: { shading: 0.65, natural: 0.2, gloss: 0.22 },
  gloss: { shading: 0.65, natural: 0.6, gloss: 1 },
  matte: { shading: 0.65, natural: 0, gloss: 0 },
}

/**
 * The numbers of the shading, shared by the shader and its Canvas-2D twin. Lengths are shares of half the nail: u across
 * (-1 to 1), v from cuticle (-1) to tip (1).
 */
export const SHADING = {
  /** Luminance is averaged over a ring of this radius, in half widths: pores and hairs are under the coat. */
  blurRadius: 0.3,
  blurTaps: 8,
  /** Limits of luminance / mean before the exponent. */
  least: 0.25,
  most: 2.2,
  /** Mean linear luminance below which the scene counts as dark and the polish dims with it. */
  darkBelow: 0.18,
  darkExponent: 0.75,
  /** A highlight of the nail: brighter than this times the mean and than this times its surroundings. */
  highlightOverMean: 1.3,
  highlightOverRing: 1.12,
  /** Light comes from above, a little from the left: how far it moves the reflection off the axis. */
  light: [-0.5, -0.87] as [number, number],
  offset: 0.5,
  /** The reflection: a narrow and a wide band along the nail, width (in half widths) and strength. */
  narrow: [0.1, 0.2] as [number, number],
  wide: [0.38, 0.025] as [number, number],
  /** The reflection fades in and out along the nail. */
  fadeIn: [-0.75, -0.3] as [number, number],
  fadeOut: [0.15, 0.65] as [number, number],
  /** A curved nail turns away from the light towards its sides. */
  sideShade: 0.2,
  /** The mean is taken over a grid of so many points a side. */
  meanGrid: 16,
  /** Width of the edge, output pixels. */
  edge: 1.3,
}
