/**
 * What the app keeps on this device: how much it is, asking that it stays, deleting it.
 */
import { recall, remember } from './memory.ts'

const MODELS_DATABASE = 'lunula-models'
const PREFIX = 'lunula'

let asked = false

export interface StorageUse {
  /** Bytes of shell, models and choices, as the browser counts them. */
  readonly used: number
  /** Bytes that the browser would allow. */
  readonly quota: number
  /** Whether the browser has promised to keep them when space runs short. */
  readonly persistent: boolean
}

/** Null where the browser does not tell. */
export async function storageUse(): Promise<StorageUse | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate()
    if (usage === undefined || quota === undefined) return null
    return { used: usage, quota, persistent: await navigator.storage.persisted() }
  } catch {
    return null
  }
}

/**
 * Ask the browser to keep what is stored when space runs short. Once in the app's life, because Firefox asks the person:
 * after the first painted nail, or when the app was installed, when it is clear what for.
 */
export async function askToPersist(): Promise<void> {
  if (asked || recall('asked-to-persist')) return
  asked = true
  remember('asked-to-persist', 'yes')
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist()
  } catch {
    // An old browser, or an insecure address: nothing is promised.
  }
}

/** Delete models, shell, photos in transit and choices. The open page works on; the next visit downloads again. */
export async function clearStorage(): Promise<void> {
  // The worker first: it would store its shell again when asked for a page.
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.unregister()
  const names = (await globalThis.caches?.keys()) ?? []
  await Promise.all(names.filter((name) => name.startsWith(`${PREFIX}-`)).map((name) => caches.delete(name)))
  await deleteDatabase(MODELS_DATABASE)
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
  } catch {
    // A browser that refuses storage has kept nothing.
  }
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
    request.onblocked = () => {} // another tab's; the SDK closes its handle when it is asked to
  })
}
