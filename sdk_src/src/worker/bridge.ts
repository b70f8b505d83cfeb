import { fail, type LunulaError, reasonOf } from '../errors.ts'
import { type CallName, type Calls, fromWire, type Notice, PROTOCOL, parseAnswer, type Request } from './messages.ts'

interface Pending {
  resolve(result: unknown): void
  reject(error: LunulaError): void
}

/** Promises over postMessage. When the worker fails, everything that waits is rejected and stays rejected. */
export class Bridge {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  #ended: LunulaError | undefined

  /** onNotice: what the worker tells unasked; onFailure: called once, when the worker is beyond use. */
  constructor(worker: Worker, onNotice: (notice: Notice) => void, onFailure: (error: LunulaError) => void) {
    this.#worker = worker
    const failed = (detail: string, cause?: unknown) => {
      if (this.#ended) return
      const error = fail('worker-failed', { detail }, cause)
      this.end(error)
      onFailure(error)
    }
    worker.addEventListener('message', ({ data }) => {
      try {
        const answer = parseAnswer(data)
        if ('notice' in answer) onNotice(answer)
        else this.#settle(answer.id, answer)
      } catch (thrown) {
        failed(`it sent ${reasonOf(thrown)}`, thrown)
      }
    })
    worker.addEventListener('messageerror', () => failed('a message could not be read'))
    // Without a message: worker.js did not load or is no module.
    worker.addEventListener('error', (event) => failed(event.message || 'worker.js could not be loaded'))
  }

  /** Asks; rejects with the worker's error, with `worker-failed`, or with `aborted` as soon as the signal says so. */
  call<Name extends CallName>(
    call: Name,
    argument: Calls[Name]['argument'],
    { transfer = [], signal }: { transfer?: Transferable[]; signal?: AbortSignal | undefined } = {},
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
      this.#post({ lunula: PROTOCOL, id, call, argument } as Request, transfer)
    })
  }

  /** Stops the worker at once; everything that waits is rejected with the error, and so is every later call. */
  end(error: LunulaError): void {
    this.#ended ??= error
    this.#worker.terminate()
    for (const { reject } of this.#pending.values()) reject(this.#ended)
    this.#pending.clear()
  }

  #post(request: Request, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer)
  }

  #settle(id: number, answer: { result: unknown } | { error: Parameters<typeof fromWire>[0] }): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id) // an unknown id was aborted meanwhile
    if ('error' in answer) pending?.reject(fromWire(answer.error))
    else pending?.resolve(answer.result)
  }
}
