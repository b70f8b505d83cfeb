import { VARIANTS, type Variant } from '../backends/backend.ts'
import type { ResolvedOptions } from '../options.ts'

/** Where the choice lies. What is measured is the browser, so all models and folders share it. */
const KEY = 'lunula:backend'

/** What won the probe in this very version of this browser; undefined when it has to be measured. */
export function recall({ store }: ResolvedOptions): Variant | undefined {
  if (store === 'memory') return undefined
  try {
    const { browser, variant } = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return browser === browserVersion() && VARIANTS.includes(variant) ? variant : undefined
  } catch {
    return undefined // no storage, or not written by us
  }
}

/** Keeps a choice that was measured; one that the page made is no measurement. */
export function remember({ store, backend }: ResolvedOptions, variant: Variant): void {
  if (store === 'memory' || backend !== 'auto') return
  try {
    localStorage.setItem(KEY, JSON.stringify({ browser: browserVersion(), variant }))
  } catch {
    // Private mode or no room: the next visit measures again.
  }
}

/** Changes with the browser's version, and with what decides whether there are threads. */
function browserVersion(): string {
  return `${navigator.userAgent} ${globalThis.crossOriginIsolated ? 'isolated' : 'plain'}`
}
