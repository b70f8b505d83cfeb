/**
 * Finishes, and what some of them need besides: a second colour, a pattern or a picture of one's own.
 */
import { FINISHES, type Finish, PATTERNS, type Polish } from 'lunula'
import { element } from '../elements.ts'
import type { MessageKey } from '../i18n.ts'
import type { Wearing } from '../wearing.ts'
import { check, nail, onChoice, radioTile } from './tile.ts'

/** Those with a second colour that is worth choosing. */
const WITH_ACCENT: readonly Finish[] = ['french', 'ombre', 'cat-eye', 'glitter', 'shimmer', 'pattern']
export const OWN_PATTERN = 'own'

const finishes = element('finishes', HTMLElement)
const patterns = element('patterns', HTMLElement)
const accentRow = element('accent-row', HTMLElement)
const accent = element('accent', HTMLInputElement)
const ownPattern = element('own-pattern', HTMLButtonElement)
const patternInput = element('pattern-input', HTMLInputElement)

/** @param onPattern given a picture for the nails; resolves when it can be painted */
export function mountFinishes(wearing: Wearing, onPattern: (picture: Blob) => Promise<void>): void {
  finishes.append(
    ...FINISHES.map((finish) => radioTile('finish', finish, `finish.${finish}` as MessageKey, nail({ finish }))),
  )
  patterns.append(
    ...PATTERNS.map((name) => {
      const tile = radioTile('pattern', name, `pattern.${name}` as MessageKey, document.createElement('i'))
      tile.className = 'chip'
      return tile
    }),
  )
  onChoice(finishes, (finish) => wearing.choose({ finish: finish as Finish }))
  onChoice(patterns, (pattern) => wearing.choose({ pattern }))
  accent.addEventListener('input', () => wearing.choose({ accent: accent.value }))
  ownPattern.addEventListener('click', () => patternInput.click())
  patternInput.addEventListener('change', () => {
    const file = patternInput.files?.[0]
    patternInput.value = ''
    if (file) onPattern(file).then(() => wearing.choose({ pattern: OWN_PATTERN }))
  })
  const show = () => {
    const { finish, pattern = 'dots', ...polish } = wearing.polish
    check(finishes, finish)
    check(patterns, pattern)
    accentRow.hidden = !WITH_ACCENT.includes(finish)
    accent.value = polish.accent ?? usualAccent({ ...polish, finish })
    patterns.hidden = finish !== 'pattern'
    ownPattern.hidden = finish !== 'pattern'
    ownPattern.setAttribute('aria-pressed', String(pattern === OWN_PATTERN))
  }
  wearing.onChange(show)
  show()
}

/** What the SDK takes unless a second colour is given, near enough for a colour field to start from. */
function usualAccent({ color, finish }: Polish): string {
  if (finish === 'french' || finish === 'ombre' || finish === 'pattern') return '#f7f3ee'
  const channel = (at: number) => Math.round(Number.parseInt(color.slice(at, at + 2), 16) * 0.45 + 255 * 0.55)
  return `#${[1, 3, 5].map((at) => channel(at).toString(16).padStart(2, '0')).join('')}`
}
