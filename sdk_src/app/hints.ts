/**
 * What would make the try-on better, in one short hint: more light, less light, a hand, a nearer hand, fewer hands.
 */
import type { Nail } from 'lunula'

export type Hint = 'dark' | 'bright' | 'no-hand' | 'too-far' | 'too-many'

export interface Light {
  /** Mean luma, 0 to 255. */
  readonly mean: number
  /** Share of pixels that are almost white, 0 to 1. */
  readonly clipped: number
}

export interface Scene {
  readonly nails: readonly Pick<Nail, 'hand' | 'size'>[]
  /** Of the frame, pixels. */
  readonly width: number
  readonly height: number
  /** Null where it is not known. */
  readonly light: Light | null
}

/** Under this mean luma a camera's noise is as strong as the nails' edges; a lit room has 80 to 150. */
const DARK = 38
/** Where so much is white there is no skin left to see. */
const CLIPPED = 0.6
/** A nail of this share of the frame's longer side is 13 of 640 pixels: pass 1 sees it on three of its cells. */
const FAR = 0.02
const MOST_NAILS = 10
const MOST_HANDS = 2

export function hintFor({ nails, width, height, light }: Scene): Hint | null {
  if (nails.length > MOST_NAILS || new Set(nails.map(({ hand }) => hand)).size > MOST_HANDS) return 'too-many'
  if (light && light.mean < DARK) return 'dark'
  if (nails.length === 0) return light && light.clipped > CLIPPED ? 'bright' : 'no-hand'
  const lengths = nails.map(({ size }) => size.length).sort((a, b) => a - b)
  const middle = lengths[lengths.length >> 1] ?? 0
  return middle < FAR * Math.max(width, height) ? 'too-far' : null
}

/** A hint is shown when it has held for a while: a hand on its way in is no reason to speak. */
export class SteadyHint {
  readonly #holdMs: number
  #candidate: Hint | null = null
  #since = 0
  #shown: Hint | null = null

  constructor(holdMs = 1200) {
    this.#holdMs = holdMs
  }

  /** @param now milliseconds @returns the hint to show; none goes at once */
  at(hint: Hint | null, now: number): Hint | null {
    if (hint !== this.#candidate) {
      this.#candidate = hint
      this.#since = now
    }
    if (hint === null || now - this.#since >= this.#holdMs) this.#shown = hint
    return this.#shown
  }

  reset(): void {
    this.#candidate = null
    this.#shown = null
  }
}
