/**
 * How far the download of the models is, and what can be promised afterwards. "Ready offline" is said only
 * when both halves are true: the service worker holds the whole shell, and the models are in the store.
 */
import { element } from './elements.ts'

const bar = element('download', HTMLProgressElement)
const words = element('readiness', HTMLElement)
const offline = element('ready-offline', HTMLElement)

/** @param loaded @param total bytes; total 0 while it is not known yet */
export function showDownload(loaded: number, total: number): void {
  bar.hidden = false
  if (total > 0) {
    bar.max = total
    bar.value = loaded
    words.textContent = loaded < total ? `Loading ${megabytes(loaded)} of ${megabytes(total)} MB` : 'Warming up…'
  } else {
    bar.removeAttribute('value') // indeterminate
    words.textContent = 'Preparing…'
  }
}

export function showReady(): void {
  bar.hidden = true
  words.textContent = 'Ready'
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
  words.textContent = 'Not ready'
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
