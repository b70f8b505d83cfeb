/** What a promise gives that the loss overtook. */
export const LOST = Symbol('context lost')

/** The loss of a device, which may come or not. */
export class Loss {
  told = false
  readonly #waiting = new Set<() => void>()

  tell(): void {
    this.told = true
    for (const lost of this.#waiting) lost()
  }

  /**
   * What the promise gives, or LOST when that comes first. Not Promise.race with a promise that lives as long as the
   * session: that would keep 130 bytes for each frame until the loss comes.
   */
  orLost<Value>(promise: Promise<Value>): Promise<Value | typeof LOST> {
    if (this.told) return Promise.resolve(LOST)
    return new Promise((resolve, reject) => {
      const lost = () => resolve(LOST)
      const done = () => this.#waiting.delete(lost)
      this.#waiting.add(lost)
      promise.then(
        (value) => {
          done()
          resolve(value)
        },
        (thrown) => {
          done()
          reject(thrown)
        },
      )
    })
  }

  /** How many wait, for tests. */
  get waiting(): number {
    return this.#waiting.size
  }
}
