import { loadModels } from '../../../sdk_src/src/models_cache/models.ts'
import type { Progress } from '../../../sdk_src/src/types.ts'

/** Loads the models of this origin and tells what came of it, as plain data. */
async function load(store: 'indexeddb' | 'memory' = 'indexeddb') {
  const progress: Progress[] = []
  const options = {
    assets: `${location.origin}/`,
    engine: 'cascade',
    backend: 'wasm',
    precision: 'float16',
    store,
  } as const
  try {
    const { files, ...rest } = await loadModels(options, (step) => progress.push(step))
    const weights = Object.values(files).map((file) => Array.from(new Uint8Array(file.weights.slice(0, 4))))
    return { ...rest, weights, bytesOf: Object.values(files).map((file) => file.weights.byteLength), progress }
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string }
    return { code, message, progress }
  }
}

/** Keys of what is stored. */
async function stored() {
  const promised = <Value>(request: IDBRequest<Value>) =>
    new Promise<Value>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const database = await promised(indexedDB.open('lunula-models'))
  const keys = await promised(database.transaction('shards').objectStore('shards').getAllKeys())
  database.close()
  return keys
}

Object.assign(window, { load, stored })
