import { LunulaError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Backend, Progress, RecoveredDetail } from '../types.ts'
import { type Bridge, PATIENCE_MS } from '../worker/bridge.ts'
import { Losses } from '../worker/losses.ts'
import type { CallName, Calls, Notice, Ready } from '../worker/messages.ts'
import { startWorker } from './try_on_worker.ts'

/** Waits before each try to start another worker; the browser or the network may need a moment. */
const RESPAWN_WAITS_MS = [0, 500, 2000]
/** More within a minute will not get better by itself. */
const MOST_LOSSES = 3

/** What a worker tells unasked. */
export interface WorkerEvents {
  progress(progress: Progress): void
  recovered(detail: RecoveredDetail): void
  /** There will be no other worker. */
  failed(error: LunulaError): void
}

/** An argument and what of it moves. */
export interface Question<Name extends CallName> {
  argument: Calls[Name]['argument']
  transfer?: Transferable[]
}

/**
 * A worker that comes back: when it throws, hangs or ends, another one is started on the same backend, or on WASM where
 * the second within a minute was lost on a graphics card.
 */
export class LivingWorker {
  readonly #options: ResolvedOptions
  readonly #events: WorkerEvents
  readonly #losses = new Losses()
  readonly #lost = new WeakSet<LunulaError>()
  readonly #end = new AbortController()
  #patience = 1
  #started = false
  /** The one that works; none while another is started. */
  #bridge: Bridge | undefined
  #alive!: Promise<Bridge>
  #ready!: Ready

  /** Resolves when the models are loaded. Throws what loading throws, `worker-failed` or `aborted`. */
  static async start(options: ResolvedOptions, signal: AbortSignal | undefined, events: WorkerEvents) {
    const worker = new LivingWorker(options, events)
    worker.#alive = worker.#spawn(options.backend, signal)
    await worker.#alive
    return worker
  }

  private constructor(options: ResolvedOptions, events: WorkerEvents) {
    this.#options = options
    this.#events = events
  }

  /** What the worker said when it was ready, kept up to date. */
  get ready(): Ready {
    return this.#ready
  }

  /** Whether an error means that the worker was lost while another one takes its place. */
  wasLost(thrown: unknown): boolean {
    return thrown instanceof LunulaError && this.#lost.has(thrown)
  }

  /** Resolves as soon as there is a worker. Rejects with what ended it for good. */
  async whenAlive(): Promise<void> {
    await this.#alive
  }

  /** Asks the worker that is there, or the next one; see {@link Bridge.call}. */
  async call<Name extends CallName>(
    name: Name,
    { argument, transfer }: Question<Name>,
    signal?: AbortSignal,
  ): Promise<Calls[Name]['result']> {
    const bridge = await this.#alive
    return bridge.call(name, argument, { transfer, signal, patienceMs: PATIENCE_MS * this.#patience })
  }

  /** Asks, and once more when the worker is lost meanwhile. make: a new question, as the first one went with it. */
  async ask<Name extends CallName>(
    name: Name,
    make: () => Question<Name> | Promise<Question<Name>>,
    signal?: AbortSignal,
  ): Promise<Calls[Name]['result']> {
    try {
      return await this.call(name, await make(), signal)
    } catch (thrown) {
      if (!this.wasLost(thrown)) throw thrown
    }
    return this.call(name, await make(), signal)
  }

  /** Ends it for good; everything that waits is rejected with the error. */
  end(error: LunulaError): void {
    this.#end.abort(error)
    this.#bridge?.end(error)
    this.#alive = Promise.reject(error)
    this.#alive.catch(() => {}) // whoever asks is told
  }

  async #spawn(backend: Backend | 'auto', signal: AbortSignal | undefined): Promise<Bridge> {
    this.#bridge = undefined
    const { bridge, ready } = await startWorker(
      { ...this.#options, backend },
      signal,
      (notice) => this.#onNotice(notice),
      (error) => {
        if (this.#bridge) this.#onLoss(error) // else starting it rejects
      },
    )
    if (this.#end.signal.aborted) {
      bridge.end(this.#end.signal.reason)
      throw this.#end.signal.reason
    }
    this.#ready = ready
    this.#bridge = bridge
    this.#started = true
    return bridge
  }

  #onNotice(notice: Notice): void {
    if (notice.notice === 'progress') {
      if (!this.#started) this.#events.progress(notice.detail) // once: another worker loads in silence
    } else if (notice.notice === 'recovered') {
      const { backend } = notice.detail
      this.#ready = { ...this.#ready, backend }
      this.#events.recovered({ part: 'backend', from: 'context-lost', backend })
    } else {
      this.#ready = { ...this.#ready, storage: 'indexeddb', storageReason: undefined }
      this.#events.recovered({ part: 'storage', from: 'quota-exceeded', backend: this.#ready.backend })
    }
  }

  #onLoss(error: LunulaError): void {
    this.#lost.add(error)
    if (this.#bridge?.hung) this.#patience *= 2 // perhaps it was only slow
    this.#alive = this.#respawn(error)
    this.#alive.catch(() => {}) // told by the event
  }

  async #respawn(error: LunulaError): Promise<Bridge> {
    const { signal } = this.#end
    const losses = this.#losses.add()
    let backend: Backend = losses < 2 ? this.#ready.backend : 'wasm'
    let last = error
    for (const wait of losses > MOST_LOSSES ? [] : RESPAWN_WAITS_MS) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      if (signal.aborted) throw signal.reason
      try {
        const bridge = await this.#spawn(backend, signal)
        this.#events.recovered({ part: 'worker', from: 'worker-failed', backend: this.#ready.backend })
        return bridge
      } catch (thrown) {
        last = thrown as LunulaError
        if (last.code === 'backend-unavailable') backend = 'wasm'
      }
    }
    if (signal.aborted) throw signal.reason
    this.#lost.delete(last)
    this.#events.failed(last)
    throw last
  }
}
