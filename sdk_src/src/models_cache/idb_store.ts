import { reasonOf } from '../reason.ts'
import type { Storage } from '../types.ts'
import { openDatabase, read, settled, write, written } from './idb.ts'
import { type Held, MemoryStore, type ModelStore, type NeededBy } from './store.ts'

/** SHA-256 -> bytes. ArrayBuffers only: WebKit's ephemeral sessions refuse Blobs. */
const SHARDS = 'shards'
/** Address of a manifest -> its text; with {@link NEXT} at the end, the version that is being downloaded. */
const MANIFESTS = 'manifests'
const NEXT = '#next'
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

/**
 * Shards in IndexedDB; what cannot be written (no room, no database) is kept in memory. What is stored already stays. A
 * handle that the browser closed is opened anew.
 */
class IdbStore implements ModelStore {
  #database: IDBDatabase | undefined
  readonly #memory = new MemoryStore()
  #reason: string | undefined
  #reopening: Promise<void> | undefined

  static async open(): Promise<IdbStore> {
    const store = new IdbStore()
    await store.#open()
    return store
  }

  get kind(): Storage {
    return this.#reason === undefined ? 'indexeddb' : 'memory'
  }

  get reason(): string | undefined {
    return this.#reason
  }

  async get(sha256: string): Promise<ArrayBuffer | undefined> {
    const stored = await this.#try((database) => read<ArrayBuffer>(database, SHARDS, sha256))
    return stored ?? (await this.#memory.get(sha256))
  }

  async put(sha256: string, data: ArrayBuffer): Promise<void> {
    const stored = await this.#try((database) => write(database, SHARDS, sha256, data))
    if (stored === undefined) await this.#memory.put(sha256, data)
  }

  async current(place: string): Promise<string | undefined> {
    return this.#try((database) => read<string>(database, MANIFESTS, place))
  }

  async begin(place: string, manifest: string): Promise<void> {
    await this.#try((database) => write(database, MANIFESTS, place + NEXT, manifest))
  }

  async commit(place: string, manifest: string, needed: NeededBy, held: Held): Promise<void> {
    if (this.#reason !== undefined) return // the version is not whole: the old one stays
    await this.#try(async (database) => {
      // One transaction: the flip and the deletion happen together or not at all, whatever other tabs do.
      const transaction = database.transaction([MANIFESTS, SHARDS], 'readwrite')
      const done = written(transaction)
      done.catch(() => {}) // told below, or by a request that failed before
      const manifests = transaction.objectStore(MANIFESTS)
      const shards = transaction.objectStore(SHARDS)
      await Promise.all([settled(manifests.put(manifest, place)), settled(manifests.delete(place + NEXT))])
      const keep = new Set((await settled<string[]>(manifests.getAll())).flatMap(needed))
      const keys = (await settled(shards.getAllKeys())) as string[]
      await Promise.all(keys.filter((key) => !keep.has(key)).map((key) => settled(shards.delete(key))))
      const lacking = [...held].filter(([key]) => !keys.includes(key))
      await Promise.all(lacking.map(([key, data]) => settled(shards.put(data, key))))
      await done
    })
  }

  close(): void {
    this.#database?.close()
    this.#memory.close()
  }

  async #open(): Promise<void> {
    const blocking = () => this.#lose('another page replaces the storage')
    const opening = openDatabase(NAME, VERSION, [SHARDS, MANIFESTS], blocking)
    this.#database = await timeLimited(opening)
  }

  async #try<Result>(use: (database: IDBDatabase) => Promise<Result>): Promise<Result | undefined> {
    const database = this.#database
    if (!database) return undefined
    try {
      return await use(database)
    } catch (thrown) {
      if (!isDeadHandle(thrown)) return this.#fail(thrown)
    }
    try {
      // Many requests find the handle dead at once: the first opens another.
      if (this.#database === database) this.#reopening ??= this.#open().finally(() => (this.#reopening = undefined))
      await this.#reopening
      return this.#database && (await use(this.#database))
    } catch (thrown) {
      return this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): undefined {
    this.#reason ??= thrown instanceof DOMException ? `${thrown.name}: ${thrown.message}` : reasonOf(thrown)
  }

  #lose(reason: string): void {
    this.#reason ??= reason
    this.#database?.close()
    this.#database = undefined
  }
}

/** Browsers close a database when its files are touched from outside, and iOS when the page was in the background. */
function isDeadHandle(thrown: unknown): boolean {
  return thrown instanceof DOMException && ['InvalidStateError', 'AbortError', 'UnknownError'].includes(thrown.name)
}

/** The database, or an error after OPEN_TIMEOUT_MS; one that opens later is closed again. */
function timeLimited(opening: Promise<IDBDatabase>): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(new Error('the storage did not open in time'))
    }, OPEN_TIMEOUT_MS)
    opening.then((database) => (late ? database.close() : resolve(database)), reject).finally(() => clearTimeout(timer))
  })
}
