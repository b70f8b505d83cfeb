/** IndexedDB with promises: the little of it that the store needs. */

/** The result of a request. */
export function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves when everything of a transaction is written. */
export function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = transaction.onerror = () =>
      reject(transaction.error ?? new DOMException('the transaction was given up', 'AbortError'))
  })
}

/** One value; undefined when there is none. */
export async function read<Value>(database: IDBDatabase, store: string, key: string): Promise<Value | undefined> {
  return settled(database.transaction(store).objectStore(store).get(key))
}

/** Resolves when the value is written. */
export async function write(database: IDBDatabase, store: string, key: string, value: unknown): Promise<true> {
  const transaction = database.transaction(store, 'readwrite')
  // Asked for at once: an error between two waits would be one that nobody caught.
  await Promise.all([settled(transaction.objectStore(store).put(value, key)), written(transaction)])
  return true
}

/** A database with these stores. blocking: another page waits for this handle to be closed. */
export async function openDatabase(
  name: string,
  version: number,
  stores: string[],
  blocking: () => void,
): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version)
  request.onupgradeneeded = () => {
    for (const store of stores) request.result.createObjectStore(store)
  }
  const database = await settled(request)
  database.onversionchange = blocking
  return database
}
