/**
 * The custom element `<lunula-try-on>`. Importing this module defines it.
 *
 * @packageDocumentation
 */
import { LunulaTryOnElement } from './lunula_try_on.ts'

export type { TryOnAttributes } from './attributes.ts'
export type { LunulaTryOnEventMap, LunulaTryOnEvents, TryOnEventElement } from './events.ts'
export { DEFAULT_TEXTS, type TryOnTexts } from './texts.ts'
export { LunulaTryOnElement }

declare global {
  interface HTMLElementTagNameMap {
    'lunula-try-on': LunulaTryOnElement
  }
}

/** Twice on a page, say from two bundles, the first one stays. On a server there is nothing to define. */
if (globalThis.customElements && !customElements.get('lunula-try-on')) {
  customElements.define('lunula-try-on', LunulaTryOnElement)
}
