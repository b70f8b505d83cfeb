import type { ResolvedOptions } from '../options.ts'
import { reasonOf } from '../reason.ts'
import type { Precision } from '../types.ts'
import { fail } from '../worker/failure.ts'

/** One file of a model. */
export interface Entry {
  /** Relative to manifest.json. */
  path: string
  /** Lower-case hexadecimal. */
  sha256: string
  bytes: number
}

/** One stored form of a network. */
export interface Variant {
  model: Entry
  shards: Entry[]
  /** Name of the graph's input tensor. */
  input: string
  /** Output name of the spec -> name of the graph's tensor. */
  outputs: Record<string, string>
}

/** `models/manifest.json`: what a version consists of. */
export interface Manifest {
  format: 1
  version: string
  models: Record<string, { version: string; variants: Record<string, Variant> }>
}

export type ModelName =
  | 'hand_detector'
  | 'nail_heatmap'
  | 'nail_patch'
  | 'nail_patch_r6d'
  | 'nail_rtdetr'
  | 'nail_rtdetr_full'

/** The networks that a session needs, in the order in which it runs them; no others are fetched. */
export function modelNames({ engine, variant }: Pick<ResolvedOptions, 'engine' | 'variant'>): ModelName[] {
  if (engine === 'rtdetr-full') return ['nail_rtdetr_full', 'nail_patch']
  if (engine === 'rtdetr') return ['hand_detector', 'nail_rtdetr', 'nail_patch']
  return ['hand_detector', 'nail_heatmap', variant === 'r6d' ? 'nail_patch_r6d' : 'nail_patch']
}

/** Path of an engine's manifest, below the assets. Each is stored and replaced on its own; they share equal shards. */
export function manifestPath({ engine }: Pick<ResolvedOptions, 'engine'>): string {
  return `models/${engine === 'cascade' ? 'manifest' : engine}.json`
}

/** Reads and checks a manifest. Throws `manifest-invalid`; path is for the message. */
export function parseManifest(text: string, path: string): Manifest {
  try {
    return checked(JSON.parse(text))
  } catch (thrown) {
    const detail = /^\s*</.test(text) ? 'an HTML page came instead' : reasonOf(thrown)
    throw fail('manifest-invalid', { path, detail }, thrown)
  }
}

/** The wanted form of a model. Throws `manifest-invalid` when the manifest lacks it. */
export function variantOf(manifest: Manifest, name: ModelName, precision: Precision, path: string): Variant {
  const variant = manifest.models[name]?.variants[precision]
  if (!variant) throw fail('manifest-invalid', { path, detail: `${name} is not there in ${precision}` })
  return variant
}

/** Every file that the manifest names. */
export function entriesOf(manifest: Manifest): Entry[] {
  return Object.values(manifest.models).flatMap(({ variants }) =>
    Object.values(variants).flatMap(({ model, shards }) => [model, ...shards]),
  )
}

function checked(value: Manifest): Manifest {
  require(value?.format === 1, `format ${value?.format} instead of 1`)
  require(typeof value.version === 'string' && isRecord(value.models), 'version or models missing')
  for (const [name, { variants }] of Object.entries(value.models)) {
    require(isRecord(variants), `${name} has no variants`)
    for (const { shards, input, outputs } of Object.values(variants)) {
      require(Array.isArray(shards) && typeof input === 'string' && isRecord(outputs), `${name} is incomplete`)
    }
  }
  for (const entry of entriesOf(value)) require(isEntry(entry), `a wrong entry ${JSON.stringify(entry)}`)
  return value
}

/** The path stays below the manifest: no scheme, no host, no way up. */
function isEntry({ path, sha256, bytes }: Entry): boolean {
  const inside = /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').includes('..')
  return inside && /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(bytes) && bytes > 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function require(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
