import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { reasonOf } from '../errors.ts'
import type { Storage } from '../types.ts'
import { MemoryStore, type ModelStore } from './store.ts'

interface Schema extends DBSchema {
  /** SHA-256 -> bytes. ArrayBuffers only: WebKit's ephemeral sessions refuse Blobs. */
  shards: { key: string; value: ArrayBuffer }
  /** Address of a manifest -> its text. */
  manifests: { key: string; value: string }
}

const NAME = 'lunula-models'
const VERSION = 1
/** An open that another tab blocks, or that WebKit forgets, must not hold the session up. */
const OPEN_TIMEOUT_MS = 4000

/** IndexedDB if it can be opened, else memory with the reason. */
export async function openStore(kind: Storage): Promise<ModelStore> {
  if (kind === 'memory') return new MemoryStore('the page asked for it')
  try {
    return await IdbStore.open()
  } catch (thrown) {
    return new MemoryStore(reasonOf(thrown))
  }
}

/** Shards in IndexedDB; what cannot be written (quota, dead handle) is kept in memory. What is stored already stays. */
class IdbStore implements ModelStore {
  #database: IDBPDatabase<Schema> | undefined
  readonly #memory = new MemoryStore()
  #reason: string | undefined

  static async open(): Promise<IdbStore> {
    const store = new IdbStore()
    const opening = openDB<Schema>(NAME, VERSION, {
      upgrade(database) {
        database.createObjectStore('shards')
        database.createObjectStore('manifests')
      },
      blocking: () => store.#lose('another page replaces the storage'),
      terminated: () => store.#lose('the browser closed the storage'),
    })
    store.#database = await timeLimited(opening)
    return store
  }

  get kind(): Storage {
    return this.#reason === undefined ? 'indexeddb' : 'memory'
  }

  get reason(): string | undefined {
    return this.#reason
  }

  async get(sha256: string): Promise<ArrayBuffer | undefined> {
    const stored = await this.#try((database) => database.get('shards', sha256))
    return stored ?? (await this.#memory.get(sha256))
  }

  async put(sha256: string, data: ArrayBuffer): Promise<void> {
    const stored = await this.#try((database) => database.put('shards', data, sha256))
    if (stored === undefined) await this.#memory.put(sha256, data)
  }

  async current(place: string): Promise<string | undefined> {
    return this.#try((database) => database.get('manifests', place))
  }

  async commit(place: string, manifest: string, needed: (manifest: string) => string[]): Promise<void> {
    if (this.#reason !== undefined) return // the version is not whole: the old one stays
    await this.#try(async (database) => {
      // One transaction: the flip and the deletion happen together or not at all, whatever other tabs do.
      const transaction = database.transaction(['manifests', 'shards'], 'readwrite')
      const manifests = transaction.objectStore('manifests')
      await manifests.put(manifest, place)
      const keep = new Set((await manifests.getAll()).flatMap(needed))
      const shards = transaction.objectStore('shards')
      const keys = await shards.getAllKeys()
      await Promise.all(keys.filter((key) => !keep.has(key)).map((key) => shards.delete(key)))
      await transaction.done
    })
  }

  close(): void {
    this.#database?.close()
    this.#memory.close()
  }

  async #try<Result>(use: (database: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result | undefined> {
    if (!this.#database) return undefined
    try {
      return await use(this.#database)
    } catch (thrown) {
      this.#reason ??= thrown instanceof DOMException ? `${thrown.name}: ${thrown.message}` : reasonOf(thrown)
      return undefined
    }
  }

  #lose(reason: string): void {
    this.#reason ??= reason
    this.#database?.close()
    this.#database = undefined
  }
}

/** The database, or an error after OPEN_TIMEOUT_MS; one that opens later is closed again. */
function timeLimited(opening: Promise<IDBPDatabase<Schema>>): Promise<IDBPDatabase<Schema>> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(new Error('the storage did not open in time'))
    }, OPEN_TIMEOUT_MS)
    opening.then((database) => (late ? database.close() : resolve(database)), reject).finally(() => clearTimeout(timer))
  })
}
