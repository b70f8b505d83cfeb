import { invalid, requireObject } from '../options.ts'
import type { Finger, Look, LookFinger, Polish } from '../types.ts'
import { resolvePolish } from './polish.ts'

/** The fingers that a look can name, thumb first. */
export const LOOK_FINGERS = ['thumb', 'index', 'middle', 'ring', 'little'] as const satisfies readonly LookFinger[]

/** What is painted until the page chooses. */
export const DEFAULT_POLISH: Required<Polish> = resolvePolish({ color: '#8a0f2c', finish: 'gloss' })

const LONGEST_NAME = 60

/** A look whose gaps are filled: a whole polish for each finger that has its own. */
export interface ResolvedLook {
  polish: Required<Polish>
  fingers: Partial<Record<Finger, Required<Polish>>>
}

/** Checks a look. Throws `option-invalid` that names the part, such as `look.fingers.ring.color`. */
export function resolveLook(look: Look): ResolvedLook {
  requireObject('look', look, ['name', 'polish', 'fingers'])
  const { name, polish, fingers = {} } = look
  if (name !== undefined && (typeof name !== 'string' || name.length > LONGEST_NAME)) {
    throw invalid('look.name', name, `a text of at most ${LONGEST_NAME} characters`)
  }
  const resolved: ResolvedLook = { polish: resolvePolish(polish, 'look.polish'), fingers: {} }
  requireObject('look.fingers', fingers, LOOK_FINGERS)
  for (const finger of LOOK_FINGERS) {
    const own = fingers[finger]
    if (own === undefined) continue
    requireObject(`look.fingers.${finger}`, own, Object.keys(resolved.polish))
    // What was left out stays what it is on the hand; another finish or colour has an accent of its own.
    resolved.fingers[finger] = resolvePolish({ ...polish, ...own }, `look.fingers.${finger}`)
  }
  return resolved
}
