/**
 * Lists of names kept on this device: favourite shades, and those used last, newest first.
 */
import { recall, remember } from '../memory.ts'

const MOST_RECENT = 12

export class Kept {
  readonly #key: string
  #names: string[]

  constructor(key: string) {
    this.#key = key
    this.#names = (recall(key) ?? '').split(' ').filter(Boolean)
  }

  get names(): readonly string[] {
    return this.#names
  }

  has(name: string): boolean {
    return this.#names.includes(name)
  }

  /** Put a name first. */
  use(name: string): void {
    this.#save([name, ...this.#names.filter((each) => each !== name)].slice(0, MOST_RECENT))
  }

  /** Add a name, or take it away. */
  toggle(name: string): void {
    this.#save(this.has(name) ? this.#names.filter((each) => each !== name) : [name, ...this.#names])
  }

  #save(names: string[]): void {
    this.#names = names
    remember(this.#key, names.join(' '))
  }
}
