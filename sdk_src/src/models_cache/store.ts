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
  /** Tells which version a place is going to have, so that no other place's commit deletes what is there of it. */
  begin(place: string, manifest: string): Promise<void>
  /**
   * Flips the pointer of a place, then deletes every shard that no place needs. held: the version's shards by SHA-256;
   * those that are not stored by then are.
   */
  commit(place: string, manifest: string, needed: NeededBy, held: Held): Promise<void>
  close(): void
}

/** The SHA-256 of every shard that a manifest names. */
export type NeededBy = (manifest: string) => string[]
/** SHA-256 -> shard. */
export type Held = ReadonlyMap<string, ArrayBuffer>

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
  async begin(): Promise<void> {}
  async commit(): Promise<void> {}

  close(): void {
    this.#shards.clear()
  }
}
