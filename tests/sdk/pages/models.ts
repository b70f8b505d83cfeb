import { loadModels } from '../../../sdk_src/src/models_cache/models.ts'
import type { Progress } from '../../../sdk_src/src/types.ts'

/** Folder -> what tries again to store its models. */
const storeAgain = new Map<string, () => Promise<boolean>>()

/** Loads the models of this origin and tells what came of it, as plain data. */
async function load(store: 'indexeddb' | 'memory' = 'indexeddb', folder = '') {
  const progress: Progress[] = []
  const options = {
    assets: `${location.origin}/${folder}`,
    engine: 'cascade',
    variant: 'standard',
    precision: 'float16',
    store,
  } as const
  try {
    const { files, store: again, ...rest } = await loadModels(options, (step) => progress.push(step))
    if (again) storeAgain.set(folder, again)
    const weights = Object.values(files).map((file) => Array.from(new Uint8Array(file.weights.slice(0, 4))))
    return { ...rest, weights, bytesOf: Object.values(files).map((file) => file.weights.byteLength), progress }
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string }
    return { code, message, progress }
  }
}

/** Of several folders at once: what came of each. */
async function loadAll(folders: string[]) {
  const found = await Promise.all(folders.map((folder) => load('indexeddb', folder)))
  return Object.fromEntries(
    found.map(({ progress, ...rest }, i) => {
      const { code, version, storage, storageReason } = rest as Record<string, unknown>
      return [folders[i]!, { code, version, storage, reason: storageReason, steps: progress.length }]
    }),
  )
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

Object.assign(window, { load, loadAll, stored, storeAgain })
