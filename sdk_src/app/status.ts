/**
 * The quiet line over the picture; a polite live region, so a screen reader says it too.
 */
import { element } from './elements.ts'
import type { Hint } from './hints.ts'
import { type MessageKey, t } from './i18n.ts'

/** So long what was found is in sight; then it would only cover the picture. */
const SEEN_MS = 4000
const line = element('status', HTMLElement)
let fading = 0

/** Say something, or nothing with an empty string. The same words again are not announced twice. */
export function say(words: string): void {
  clearTimeout(fading)
  delete line.dataset.quiet
  delete line.dataset.hint
  if (line.textContent !== words) line.textContent = words
}

/** What was found, or what would help. The first fades after a while: it has been read. */
export function sayFound(count: number, hint: Hint | null): void {
  const words = hint ? t(`hint.${hint}` satisfies MessageKey) : t('found.nails', { n: count })
  if (line.textContent === words && !line.dataset.hint === !hint) return
  say(words)
  if (hint) line.dataset.hint = hint
  else fading = window.setTimeout(() => line.toggleAttribute('data-quiet', true), SEEN_MS)
}
