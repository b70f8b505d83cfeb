import { inRange, invalid, oneOf, requireObject } from '../options.ts'
import type { Finish, Polish } from '../types.ts'
import { FINISHES, SHAPES } from './choices.ts'

/** Most of a nail's own length that can be added to it. */
export const MAX_LENGTH = 2
export const POLISH_KEYS = ['color', 'finish', 'opacity', 'accent', 'shape', 'length', 'pattern'] as const

/** What a pattern may be called: it is looked up, never fetched. */
const PATTERN_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/

/** Checks a polish and fills its gaps. name: what errors call it. Throws `option-invalid`. */
export function resolvePolish(polish: Polish, name = 'polish'): Required<Polish> {
  requireObject(name, polish, POLISH_KEYS)
  const color = hexColor(`${name}.color`, polish.color)
  const finish = oneOf(`${name}.finish`, polish.finish, FINISHES)
  return {
    color,
    finish,
    opacity: inRange(`${name}.opacity`, polish.opacity ?? 1, 0, 1),
    accent: hexColor(`${name}.accent`, polish.accent ?? accentOf(color, finish)),
    shape: oneOf(`${name}.shape`, polish.shape ?? 'natural', SHAPES),
    length: inRange(`${name}.length`, polish.length ?? 0, 0, MAX_LENGTH),
    pattern: patternName(`${name}.pattern`, polish.pattern ?? 'dots'),
  }
}

/** The name, if a pattern can be called so. Throws `option-invalid`. */
export function patternName(option: string, given: unknown): string {
  if (typeof given === 'string' && PATTERN_NAME.test(given)) return given
  throw invalid(option, given, 'a name of small letters, digits and hyphens, at most 32')
}

function hexColor(option: string, given: unknown): string {
  if (typeof given === 'string' && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(given)) return given
  throw invalid(option, given, 'a colour like #8a0f2c')
}

/** White for what is painted on, else the colour itself, made lighter: pearl, flakes and bands shine. */
function accentOf(color: string, finish: Finish): string {
  if (finish === 'french' || finish === 'ombre' || finish === 'pattern') return '#f7f3ee'
  const digits = color.slice(1).replace(/^(.)(.)(.)$/, '$1$1$2$2$3$3')
  const lighter = [0, 2, 4].map((at) => {
    const level = Number.parseInt(digits.slice(at, at + 2), 16)
    return Math.round(level + (255 - level) * 0.55)
  })
  return `#${lighter.map((level) => level.toString(16).padStart(2, '0')).join('')}`
}
