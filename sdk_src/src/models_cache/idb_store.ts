import { type DBSchema, type IDBPDatabase, openDB, type StoreNames, type StoreValue } from 'idb'
import { reasonOf } from '../reason.ts'
import type { Storage } from '../types.ts'
import { type Held, MemoryStore, type ModelStore, type NeededBy } from './store.ts'

interface Schema extends DBSchema {
  /** SHA-256 -> bytes. ArrayBuffers only: WebKit's ephemeral sessions refuse Blobs. */
  shards: { key: string; value: ArrayBuffer }
  /** Address of a manifest -> its text; with {@link NEXT} at the end, the version that is being downloaded. */
  manifests: { key: string; value: string }
}

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
  #database: IDBPDatabase<Schema> | undefined
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
    const stored = await this.#try((database) => read(database, 'shards', sha256))
    return stored ?? (await this.#memory.get(sha256))
  }

  async put(sha256: string, data: ArrayBuffer): Promise<void> {
    const stored = await this.#try((database) => write(database, 'shards', sha256, data))
    if (stored === undefined) await this.#memory.put(sha256, data)
  }

  async current(place: string): Promise<string | undefined> {
    return this.#try((database) => read(database, 'manifests', place))
  }

  async begin(place: string, manifest: string): Promise<void> {
    await this.#try((database) => write(database, 'manifests', place + NEXT, manifest))
  }

  async commit(place: string, manifest: string, needed: NeededBy, held: Held): Promise<void> {
    if (this.#reason !== undefined) return // the version is not whole: the old one stays
    await this.#try(async (database) => {
      // One transaction: the flip and the deletion happen together or not at all, whatever other tabs do.
      const transaction = database.transaction(['manifests', 'shards'], 'readwrite')
      const manifests = transaction.objectStore('manifests')
      await Promise.all([manifests.put(manifest, place), manifests.delete(place + NEXT)])
      const keep = new Set((await manifests.getAll()).flatMap(needed))
      const shards = transaction.objectStore('shards')
      const keys = await shards.getAllKeys()
      await Promise.all(keys.filter((key) => !keep.has(key)).map((key) => shards.delete(key)))
      const lacking = [...held].filter(([key]) => !keys.includes(key))
      await Promise.all(lacking.map(([key, data]) => shards.put(data, key)))
      await transaction.done
    })
  }

  close(): void {
    this.#database?.close()
    this.#memory.close()
  }

  async #open(): Promise<void> {
    const opening = openDB<Schema>(NAME, VERSION, {
      upgrade(database) {
        database.createObjectStore('shards')
        database.createObjectStore('manifests')
      },
      blocking: () => this.#lose('another page replaces the storage'),
    })
    this.#database = await timeLimited(opening)
  }

  async #try<Result>(use: (database: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result | undefined> {
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

// In place of idb's shortcuts (`database.get`), which the bundle leaves out.

type Name = StoreNames<Schema>

function read<N extends Name>(database: IDBPDatabase<Schema>, name: N, key: string) {
  return database.transaction<N>(name).store.get(key) as Promise<StoreValue<Schema, N> | undefined>
}

/** The key, once the value is stored. */
async function write<N extends Name>(
  database: IDBPDatabase<Schema>,
  name: N,
  key: string,
  value: StoreValue<Schema, N>,
): Promise<string> {
  const { store, done } = database.transaction<N, 'readwrite'>(name, 'readwrite')
  await Promise.all([store.put(value, key), done])
  return key
}

/** Browsers close a database when its files are touched from outside, and iOS when the page was in the background. */
function isDeadHandle(thrown: unknown): boolean {
  return thrown instanceof DOMException && ['InvalidStateError', 'AbortError', 'UnknownError'].includes(thrown.name)
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
