import type { Storage } from '../types.ts'

/** Where shards and manifests are kept. A store never throws: one that fails answers from memory and says why. */
export interface ModelStore {
  readonly kind: Storage
  /** Why nothing can be stored on the device. */
  readonly reason: string | undefined
  /** A shard by its SHA-256. */
  get(sha256: string): Promise<ArrayBuffer | undefined>
  put(sha256: string, data: ArrayBuffer): Promise<void>
  /** The manifest of the version that is stored whole, as text; place: the manifest's address. */
  current(place: string): Promise<string | undefined>
  /** Flips the pointer of a place, then deletes every shard that no place's manifest needs. */
  commit(place: string, manifest: string, needed: (manifest: string) => string[]): Promise<void>
  close(): void
}

/** Keeps everything for the session only. */
export class MemoryStore implements ModelStore {
  readonly kind = 'memory'
  readonly reason: string | undefined
  readonly #shards = new Map<string, ArrayBuffer>()

  constructor(reason?: string) {
    this.reason = reason
  }

  async get(sha256: string): Promise<ArrayBuffer | undefined> {
    return this.#shards.get(sha256)
  }

  async put(sha256: string, data: ArrayBuffer): Promise<void> {
    this.#shards.set(sha256, data)
  }

  async current(): Promise<undefined> {}
  async commit(): Promise<void> {}

  close(): void {
    this.#shards.clear()
  }
}
