/**
 * How far the download of the models is, and what can be promised afterwards. "Ready offline" is said only
 * when both halves are true: the service worker holds the whole shell, and the models are in the store.
 */
import { element } from './elements.ts'
import { decimal, type MessageKey, onLanguage, t } from './i18n.ts'

const bar = element('download', HTMLProgressElement)
const words = element('readiness', HTMLElement)
const offline = element('ready-offline', HTMLElement)

/** @param loaded @param total bytes; total 0 while it is not known yet */
export function showDownload(loaded: number, total: number): void {
  bar.hidden = false
  if (total > 0) {
    bar.max = total
    bar.value = loaded
    if (loaded < total) tell('readiness.loading', { loaded: decimal(loaded / 1e6), total: decimal(total / 1e6) })
    else tell('readiness.warming')
  } else {
    bar.removeAttribute('value') // indeterminate
    tell('readiness.preparing')
  }
}

export function showReady(): void {
  bar.hidden = true
  tell('readiness.ready')
}

/** Both halves are stored. */
export function showReadyOffline(): void {
  bar.hidden = true
  words.hidden = true
  offline.hidden = false
}

/** What was stored is deleted; this page works on. */
export function forgetReadyOffline(): void {
  offline.hidden = true
  words.hidden = false
}

export function showNotReady(): void {
  bar.hidden = true
  tell('readiness.not-ready')
}

let said: () => string = () => t('readiness.preparing')
onLanguage(() => {
  words.textContent = said()
})

function tell(key: MessageKey, values: Record<string, string> = {}): void {
  said = () => t(key, values)
  words.textContent = said()
}
