/**
 * The quiet line over the picture; a polite live region, so a screen reader says it too.
 */
import { element } from './elements.ts'

const line = element('status', HTMLElement)

/** Say something, or nothing with an empty string. The same words again are not announced twice. */
export function say(words: string): void {
  if (line.textContent !== words) line.textContent = words
}

/** What was found, in words. */
export function describeNails(count: number): string {
  if (count === 0) return 'No nails found. Show the back of the hand, close and in good light.'
  return count === 1 ? '1 nail found' : `${count} nails found`
}
