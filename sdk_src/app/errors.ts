/**
 * Errors for people: one sentence each, in their language, and a way on. The SDK's own words, with every detail, are in the
 * console.
 */
import { LunulaError } from 'lunula'
import { element } from './elements.ts'
import { type MessageKey, t } from './i18n.ts'

const box = element('error', HTMLElement)
const text = element('error-text', HTMLElement)
const retryButton = element('error-retry', HTMLButtonElement)
let retryAction: (() => void) | undefined

/** Set up the two buttons. @param onClose called when the person has read the error and closes it */
export function listenForErrorButtons(onClose: () => void): void {
  element('error-close', HTMLButtonElement).addEventListener('click', () => {
    hideError()
    onClose()
  })
  retryButton.addEventListener('click', () => {
    const action = retryAction
    hideError()
    action?.()
  })
}

/** @param retry what "Try again" does; without it there is no such button */
export function showError(error: unknown, retry?: () => void): void {
  box.dataset.code = error instanceof LunulaError ? error.code : 'unknown'
  text.textContent = sentence(error)
  retryAction = retry
  retryButton.hidden = retry === undefined
  box.hidden = false
}

export function hideError(): void {
  box.hidden = true
  retryAction = undefined
}

/** Somebody else's wish was newer: nothing to tell. */
export function isAborted(error: unknown): boolean {
  return error instanceof LunulaError ? error.code === 'aborted' : (error as Error | null)?.name === 'AbortError'
}

function sentence(error: unknown): string {
  if (error instanceof LunulaError) return t(`error.${error.code}` satisfies MessageKey)
  if (error instanceof Error && error.message) return error.message
  return t('error.unknown')
}
