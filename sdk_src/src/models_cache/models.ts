import type { ResolvedOptions } from '../options.ts'
import type { Progress, Storage } from '../types.ts'
import { Failure, fail } from '../worker/failure.ts'
import { sha256 } from './digest.ts'
import { fetchEntry } from './fetch_entry.ts'
import { openStore } from './idb_store.ts'
import {
  type Entry,
  entriesOf,
  type Manifest,
  type ModelName,
  manifestPath,
  modelNames,
  parseManifest,
  variantOf,
} from './manifest.ts'
import type { Held, ModelStore } from './store.ts'

/** One network's files, verified. */
export interface ModelFiles {
  /** `model.json` of TF.js, as text. */
  graph: string
  weights: ArrayBuffer
  input: string
  outputs: Record<string, string>
}

/** Those that were asked for. */
export type LoadedFiles = Partial<Record<ModelName, ModelFiles>>

/** The networks of a session, of one version. */
export interface StoredModels {
  files: LoadedFiles
  version: string
  storage: Storage
  storageReason: string | undefined
  bytes: number
  /** Tries again to store what could not be stored; false while it cannot. Undefined when nothing is left to store. */
  store: (() => Promise<boolean>) | undefined
}

/** What is asked for, and where it lies. */
export type WantedModels = Pick<ResolvedOptions, 'assets' | 'engine' | 'precision' | 'variant' | 'store'>

interface Version {
  text: string
  manifest: Manifest
}

/**
 * The models, from the store where they are there and right, else from the network.
 *
 * A new version is written whole beside the old one, then the pointer flips, then the old one is deleted. When the new
 * one cannot be had, the old one is used. Throws `offline-not-cached`, `manifest-invalid`, `shard-corrupt`,
 * `shard-missing` or `asset-missing`.
 */
export async function loadModels(
  { assets, engine, precision, variant, store: kind }: WantedModels,
  onProgress: (progress: Progress) => void,
): Promise<StoredModels> {
  onProgress({ loaded: 0, total: 0, phase: 'manifest' })
  const place = new URL(manifestPath({ engine }), assets)
  const store = await openStore(kind)
  try {
    const stored = await storedVersion(store, place)
    const offered = await offeredVersion(place).catch((thrown) => {
      if (stored) return stored
      throw thrown
    })
    if (offered.text !== stored?.text) await store.begin(place.href, offered.text)
    const names = modelNames({ engine, variant })
    const read = (version: Version) => readVersion(version, place, names, precision, store, onProgress)
    const { version, files, bytes, held } = await read(offered)
      .then((loaded) => ({ version: offered, ...loaded }))
      .catch(async (thrown) => {
        if (!stored || stored.manifest.version === offered.manifest.version) throw thrown
        return { version: stored, ...(await read(stored)) }
      })
    const commit = (to: ModelStore) => to.commit(place.href, version.text, shardsOf, held)
    if (version.text !== stored?.text) await commit(store)
    const storage = { storage: store.kind, storageReason: store.reason }
    const again = kind === 'indexeddb' && store.reason !== undefined ? () => storeAgain(kind, commit) : undefined
    return { files, version: version.manifest.version, bytes, ...storage, store: again }
  } finally {
    store.close()
  }
}

/** Whether a store that failed takes a version now. */
async function storeAgain(kind: Storage, commit: (to: ModelStore) => Promise<void>): Promise<boolean> {
  const store = await openStore(kind)
  try {
    await commit(store)
    return store.reason === undefined
  } finally {
    store.close()
  }
}

/** The version that the pointer names. */
async function storedVersion(store: ModelStore, place: URL): Promise<Version | undefined> {
  const text = await store.current(place.href)
  if (text === undefined) return undefined
  try {
    return { text, manifest: parseManifest(text, place.pathname) }
  } catch {
    return undefined // written by another version of the SDK: it is replaced
  }
}

/** The version that the server has. no-cache: a stale manifest would name shards that are gone. */
async function offeredVersion(place: URL): Promise<Version> {
  const path = place.pathname
  const response = await fetch(place, { cache: 'no-cache' }).catch((thrown) => {
    throw fail('offline-not-cached', { path }, thrown)
  })
  if (!response.ok) throw fail('asset-missing', { path, detail: `the server answered ${response.status}` })
  const text = await response.text()
  return { text, manifest: parseManifest(text, path) }
}

async function readVersion(
  { manifest }: Version,
  place: URL,
  names: ModelName[],
  precision: ResolvedOptions['precision'],
  store: ModelStore,
  onProgress: (progress: Progress) => void,
): Promise<{ files: LoadedFiles; bytes: number; held: Held }> {
  const variants = names.map((name) => variantOf(manifest, name, precision, place.pathname))
  const total = variants.flatMap(({ model, shards }) => [model, ...shards]).reduce((sum, { bytes }) => sum + bytes, 0)
  let loaded = 0
  const count = (bytes: number) => {
    loaded += bytes
    onProgress({ loaded, total, phase: 'models' })
  }
  const held = new Map<string, ArrayBuffer>()
  const read = async (entry: Entry) => {
    const data = await readEntry(entry, place, store, count)
    held.set(entry.sha256, data)
    return data
  }
  const files = await allOrFirstError(
    variants.map(async ({ model, shards, input, outputs }): Promise<ModelFiles> => {
      const [graph, ...parts] = await allOrFirstError([model, ...shards].map(read))
      return { graph: new TextDecoder().decode(graph), weights: concatenated(parts), input, outputs }
    }),
  )
  const entries = names.map((name, i) => [name, files[i]!] as const)
  return { files: Object.fromEntries(entries), bytes: total, held }
}

/** A stored shard is checked again: disks and extensions flip bytes too, and it costs 3 ms a megabyte. */
async function readEntry(
  entry: Entry,
  place: URL,
  store: ModelStore,
  count: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const stored = await store.get(entry.sha256)
  if (stored && stored.byteLength === entry.bytes && (await sha256(stored)) === entry.sha256) {
    count(entry.bytes)
    return stored
  }
  const data = await fetchEntry(entry, place, count)
  await store.put(entry.sha256, data)
  return data
}

/** Waits for all even when one fails, so that every good shard is stored before the error is told. */
async function allOrFirstError<Value>(promises: Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function concatenated(parts: ArrayBuffer[]): ArrayBuffer {
  if (parts.length === 1) return parts[0]!
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(new Uint8Array(part), offset)
    offset += part.byteLength
  }
  return whole.buffer
}

function shardsOf(text: string): string[] {
  try {
    return entriesOf(parseManifest(text, '')).map(({ sha256 }) => sha256)
  } catch (thrown) {
    if (thrown instanceof Failure) return []
    throw thrown
  }
}
