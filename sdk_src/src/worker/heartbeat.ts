/** How often the page looks whether the worker has said anything. */
const TICK_MS = 500
/** A worker that owes nothing answers at once. */
const IDLE_PATIENCE_MS = 2000

/**
 * Tells when a worker that owes answers has been silent for too long: it hangs, or it is gone without an event.
 *
 * Ticks are counted, not the clock: while a page sleeps, so does its worker.
 */
export class Heartbeat {
  readonly #ping: () => void
  readonly #onSilence: (seconds: number) => void
  #timer: ReturnType<typeof setInterval> | undefined
  /** Until the first word there is no limit: worker.js may have a long way. */
  #patienceMs = Number.POSITIVE_INFINITY
  #busyPatienceMs = 0
  #silentTicks = 0
  #asked = false

  /** ping: asks the worker for a word; onSilence: called once, with how long it has been silent. */
  constructor(ping: () => void, onSilence: (seconds: number) => void) {
    this.#ping = ping
    this.#onSilence = onSilence
  }

  /** Called before a request goes out. patienceMs: longest time that the worker may compute for it without a word. */
  expect(patienceMs: number): void {
    this.#busyPatienceMs = Math.max(patienceMs, this.#timer === undefined ? 0 : this.#busyPatienceMs)
    if (this.#timer !== undefined) return
    this.#silentTicks = 0
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#ask()
  }

  /** The worker said something. owes: whether it still owes answers. */
  heard(owes: boolean): void {
    this.#asked = false
    this.#silentTicks = 0
    this.#patienceMs = this.#busyPatienceMs
    if (!owes) this.stop()
  }

  /** Nothing is owed, or the worker has ended. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#patienceMs = IDLE_PATIENCE_MS
  }

  #tick(): void {
    const silentMs = ++this.#silentTicks * TICK_MS
    if (silentMs < this.#patienceMs) this.#ask()
    else {
      this.stop()
      this.#onSilence(silentMs / 1000)
    }
  }

  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#ping()
  }
}
