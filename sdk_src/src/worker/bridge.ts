import { fail, type LunulaError } from '../errors.ts'
import { reasonOf } from '../reason.ts'
import { Heartbeat } from './heartbeat.ts'
import {
  type CallName,
  type Calls,
  fromWire,
  type Notice,
  PROTOCOL,
  parseAnswer,
  type Reply,
  type Request,
  requireResult,
} from './messages.ts'

/** Longest silence of a worker that computes; software WebGL on a busy machine compiles shaders for over 5 s. */
export const PATIENCE_MS = 10_000

interface Pending {
  call: CallName
  resolve(result: unknown): void
  reject(error: LunulaError): void
}

/** What a request may have beside its argument. */
export interface CallOptions {
  transfer?: Transferable[] | undefined
  signal?: AbortSignal | undefined
  /** Longest silence before the worker counts as lost. */
  patienceMs?: number | undefined
}

/**
 * Promises over postMessage. When the worker fails or hangs, everything that waits is rejected with one `worker-failed`
 * error, and so is every later call.
 */
export class Bridge {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  /** Requests that the worker has not answered, aborted ones included: it is still at work on them. */
  readonly #owed = new Set<number>()
  readonly #heartbeat: Heartbeat
  #nextId = 1
  #ended: LunulaError | undefined
  #hung = false

  /** onNotice: what the worker tells unasked; onFailure: called once, when the worker is beyond use. */
  constructor(worker: Worker, onNotice: (notice: Notice) => void, onFailure: (error: LunulaError) => void) {
    this.#worker = worker
    const failed = (detail: string, cause?: unknown) => {
      if (this.#ended) return
      const error = fail('worker-failed', { detail }, cause)
      this.end(error)
      onFailure(error)
    }
    const ping = () => this.#post({ lunula: PROTOCOL, id: this.#nextId++, call: 'ping', argument: null })
    this.#heartbeat = new Heartbeat(ping, (seconds) => {
      this.#hung = true
      failed(`it did not answer for ${seconds} s`)
    })
    worker.addEventListener('message', ({ data }) => {
      if (this.#ended) return
      try {
        const answer = parseAnswer(data)
        if ('id' in answer) this.#owed.delete(answer.id)
        this.#heartbeat.heard(this.#owed.size > 0)
        if ('notice' in answer) onNotice(answer)
        else this.#settle(answer)
      } catch (thrown) {
        failed(`it sent ${reasonOf(thrown)}`, thrown)
      }
    })
    worker.addEventListener('messageerror', () => failed('a message could not be read'))
    worker.addEventListener('error', (event) => {
      event.preventDefault() // it is handled here: the page's own error handlers need not hear of it
      // Without a message: worker.js did not load or is no module.
      failed(event.message || 'worker.js could not be loaded')
    })
  }

  /** Whether the worker was ended because it was silent. */
  get hung(): boolean {
    return this.#hung
  }

  /** Asks; rejects with the worker's error, with `worker-failed`, or with `aborted` as soon as the signal says so. */
  call<Name extends CallName>(
    call: Name,
    argument: Calls[Name]['argument'],
    { transfer = [], signal, patienceMs = PATIENCE_MS }: CallOptions = {},
  ): Promise<Calls[Name]['result']> {
    if (this.#ended) return Promise.reject(this.#ended)
    if (signal?.aborted) return Promise.reject(fail('aborted', {}, signal.reason))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#pending.delete(id)
        this.#post({ lunula: PROTOCOL, id: this.#nextId++, call: 'cancel', argument: { id } })
        reject(fail('aborted', {}, signal?.reason))
      }
      const done = () => signal?.removeEventListener('abort', abort)
      this.#pending.set(id, {
        call,
        resolve: (result) => {
          done()
          resolve(result as Calls[Name]['result'])
        },
        reject: (error) => {
          done()
          reject(error)
        },
      })
      signal?.addEventListener('abort', abort, { once: true })
      this.#heartbeat.expect(patienceMs)
      this.#owed.add(id)
      this.#post({ lunula: PROTOCOL, id, call, argument } as Request, transfer)
    })
  }

  /** Stops the worker at once; everything that waits is rejected with the error, and so is every later call. */
  end(error: LunulaError): void {
    this.#ended ??= error
    this.#heartbeat.stop()
    this.#worker.terminate()
    for (const { reject } of this.#pending.values()) reject(this.#ended)
    this.#pending.clear()
  }

  #post(request: Request, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer)
  }

  #settle(answer: Reply): void {
    const pending = this.#pending.get(answer.id) // none: it was aborted meanwhile, or a ping
    if (pending && !('error' in answer)) requireResult(pending.call, answer.result)
    this.#pending.delete(answer.id)
    if ('error' in answer) pending?.reject(fromWire(answer.error))
    else pending?.resolve(answer.result)
  }
}
