import type { Finish } from '../types.ts'

/** How a finish answers to light. */
export interface Coat {
  /** Exponent on the nail's own shading: 1 keeps it, 0 is flat. */
  shading: number
  /** Share of the nail's own highlights that shine through. */
  natural: number
  /** Strength of the reflection that a coat adds. */
  gloss: number
}

const GLOSS: Coat = { shading: 0.8, natural: 0.7, gloss: 1 }

/** Chosen by eye on the sample photos; a coat is opaque, so the nail's own white tip must not show as brightness. */
export const COATS: Record<Finish, Coat> = {
  cream: { shading: 0.8, natural: 0.3, gloss: 0.3 },
  gloss: GLOSS,
  matte: { shading: 0.8, natural: 0, gloss: 0 },
  jelly: GLOSS,
  shimmer: { shading: 0.8, natural: 0.5, gloss: 0.6 },
  glitter: { shading: 0.8, natural: 0.5, gloss: 0.6 },
  metallic: { shading: 0.8, natural: 0.5, gloss: 0.35 },
  chrome: { shading: 0.8, natural: 0.6, gloss: 0.9 },
  'cat-eye': { shading: 0.8, natural: 0.5, gloss: 0.8 },
  holographic: { shading: 0.8, natural: 0.5, gloss: 0.5 },
  french: GLOSS,
  ombre: GLOSS,
  pattern: GLOSS,
}

/**
 * The numbers of the shading, shared by the shader and its Canvas-2D twin. Lengths are shares of half the nail: u across
 * (-1 to 1), v from cuticle (-1) to tip (1).
 */
export const SHADING = {
  /** Luminance is averaged over a ring of this radius, in half widths: pores and hairs are under the coat. */
  blurRadius: 0.28,
  blurTaps: 8,
  /** The light on the nail is fitted over a grid of so many points a side, twice: the second time without outliers. */
  fitGrid: 12,
  /** Deviation (of the logarithm) at which a brighter point, a highlight or the white tip, counts half; and a darker one. */
  fitBright: 0.12,
  fitDark: 0.35,
  /** Share of the points that pulls the fit towards flat, for slopes. */
  fitFlat: 0.03,
  /** Limits of fitted light / its mean before the exponent. */
  least: 0.35,
  most: 1.9,
  /** Exponents on what is darker than the fit (a shadow's edge) and brighter (the white tip). */
  darker: 0.75,
  brighter: 0.15,
  /** Exponent on the camera's grain. */
  grain: 0.3,
  /** Mean linear luminance below which the scene counts as dark and the polish dims with it. */
  darkBelow: 0.18,
  darkExponent: 0.6,
  /** How much of the light's excess a white polish keeps out: it is nearly as bright as anything can be. */
  headroom: 0.85,
  /** Blue / green of a nail, linear, below which the light is warm; least factor; exponent on it; green's share in it. */
  warmBelow: 0.68,
  warmest: 0.45,
  warmExponent: 0.7,
  warmGreen: 0.3,
  /** A highlight of the nail: brighter than this times the mean and than this times its surroundings. */
  highlightOverMean: 1.3,
  highlightOverRing: 1.12,
  /** The angle of a nail's side from its middle, radians, and of its ends. */
  curve: 1.0,
  arch: 0.25,
  /** Direction to the light, camera frame (x right, y down, z away): above, a little from the left. */
  light: [-0.5, -0.87, -1.1] as [number, number, number],
  /** The reflection: half width (radians of the curve), half length (v), brightness. */
  streak: [0.095, 0.55, 0.5] as [number, number, number],
  /** A fainter one at the other side: distance, half width, brightness. */
  rim: [1.05, 0.05, 0.1] as [number, number, number],
  /** Not nearer to the nail's sides than this angle: on the very edge it would look like a bare rim. */
  rimMost: 0.8,
  /** A wide soft sheen around the reflection. */
  sheen: [0.3, 0.03] as [number, number],
  /** How dark the edge of the coat is. */
  edgeShade: 0.2,
  /** A curved nail turns away from the light towards its sides. */
  sideShade: 0.22,
  /** Width of the edge, output pixels. */
  edge: 1.3,
}
