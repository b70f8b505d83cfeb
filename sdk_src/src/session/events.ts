import type { TryOnEvents } from '../types.ts'

/** An EventTarget whose events are known to TypeScript. */
export interface TryOnEventTarget extends EventTarget {
  addEventListener<Name extends keyof TryOnEvents>(
    type: Name,
    listener: (event: TryOnEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void
  removeEventListener<Name extends keyof TryOnEvents>(
    type: Name,
    listener: (event: TryOnEvents[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void
}

/** EventTarget itself; only its type is narrower. */
export const TryOnEventTarget = EventTarget as { new (): TryOnEventTarget; prototype: TryOnEventTarget }

/** Sends an event with the right detail. */
export type Emit = <Name extends keyof TryOnEvents>(type: Name, detail: TryOnEvents[Name]['detail']) => void
