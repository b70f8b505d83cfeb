import type { LunulaError, Nail, NailTryOn, Progress, TryOnEvents } from 'lunula'

/** Events of `<lunula-try-on>` and their details: those of `NailTryOn`, and three of its own. None bubbles. */
export interface LunulaTryOnEvents extends TryOnEvents {
  /** How far loading is. */
  progress: CustomEvent<Progress>
  /** The models are there; `tryOn` can be used. */
  ready: CustomEvent<{
    /** The session. */
    tryOn: NailTryOn
  }>
  /** A photo was painted, or painted again in another colour. */
  painted: CustomEvent<{
    /** The nails that were painted. */
    nails: Nail[]
  }>
}

/** The element's events and those of every element; where names meet (`error`, `progress`), the element's own. */
export type LunulaTryOnEventMap = Omit<HTMLElementEventMap, keyof LunulaTryOnEvents> & LunulaTryOnEvents

/** An HTMLElement whose own events are known to TypeScript. */
export interface TryOnEventElement extends HTMLElement {
  /** Listens to an event of the element, or to any of `HTMLElement`. */
  addEventListener<Name extends keyof LunulaTryOnEventMap>(
    type: Name,
    listener: (event: LunulaTryOnEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void
  /** Listens to an event that is unknown here. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void
  /** Takes a listener away. */
  removeEventListener<Name extends keyof LunulaTryOnEventMap>(
    type: Name,
    listener: (event: LunulaTryOnEventMap[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void
  /** Takes the listener of such an event away. */
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void
}

/**
 * HTMLElement itself; only its type is narrower. On a server there are no elements: importing this module there, to
 * render pages, must not fail.
 */
export const TryOnEventElement = (globalThis.HTMLElement ?? class {}) as {
  new (): TryOnEventElement
  /** The prototype. */
  prototype: TryOnEventElement
}

/** Events of a session that the element sends again as its own; errors go through the element's own handling. */
export const RESENT = ['frame', 'state', 'recovered'] as const

/** Whether an error only says that the element itself stopped something. */
export function isOwnStop(error: LunulaError): boolean {
  return error.code === 'aborted' || error.code === 'session-closed'
}
