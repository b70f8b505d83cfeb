interface Turn {
  run(): Promise<void>
  drop(): void
}

/** One inference at a time: stills wait in line, of a video's frames only the newest waits. */
export class Turns {
  readonly #breathe: () => Promise<void>
  #busy = false
  #frame: Turn | undefined
  readonly #stills = new Map<number, Turn>()

  /** breathe: lets messages in that came during an inference. */
  constructor(breathe = nextTask) {
    this.#breathe = breathe
  }

  /** Waits its turn. Rejects like `run`; with `dropped` when {@link cancel} takes it out of the line first. */
  still<Result>(id: number, run: () => Promise<Result>, dropped: () => Error): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#stills.set(id, { run: () => run().then(resolve, reject), drop: () => reject(dropped()) })
      this.#next()
    })
  }

  /** Resolves to null when a newer frame came before this one's turn; `drop` then frees it. */
  frame<Result>(run: () => Promise<Result>, drop: () => void): Promise<Result | null> {
    return new Promise((resolve, reject) => {
      this.#frame?.drop()
      this.#frame = {
        run: () => run().then(resolve, reject),
        drop: () => {
          drop()
          resolve(null)
        },
      }
      this.#next()
    })
  }

  /** Takes a waiting still out of the line; one that runs already is finished. */
  cancel(id: number): void {
    const turn = this.#stills.get(id)
    this.#stills.delete(id)
    turn?.drop()
  }

  #next(): void {
    if (this.#busy) return
    const turn = this.#take()
    if (!turn) return
    this.#busy = true
    void this.#run(turn)
  }

  async #run(turn: Turn): Promise<void> {
    await turn.run() // both outcomes go to the caller
    // On WASM an inference is one long task: newer frames and cancellations are still in the worker's queue.
    await this.#breathe()
    this.#busy = false
    this.#next()
  }

  /** Stills first: a person waits for them, and the next frame is never far. */
  #take(): Turn | undefined {
    for (const [id, turn] of this.#stills) {
      this.#stills.delete(id)
      return turn
    }
    const frame = this.#frame
    this.#frame = undefined
    return frame
  }
}

/** Resolves in a task of its own, behind the messages that wait already; setTimeout would wait 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
