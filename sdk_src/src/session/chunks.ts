import { fail } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import { reasonOf } from '../reason.ts'
import type { Loaders, NailRenderer } from '../render/renderer.ts'
import type { CreateOptions, StillSource } from '../types.ts'
import { fromWire, type WireError } from '../worker/messages.ts'
import type { Metrics } from './metrics.ts'
import type * as Still from './still_chunk.ts'
import type * as Tilt from './tilt_chunk.ts'

/** The renderer is a file of its own, which loads while the models do. Throws `asset-missing`. */
export async function loadRenderer(assets: string): Promise<typeof NailRenderer> {
  return (await load('renderer.js', assets)).NailRenderer
}

/** What `variant: 'r6d'` needs. Throws `asset-missing`. */
export async function loadTilt({ variant, assets }: ResolvedOptions): Promise<typeof Tilt | undefined> {
  return variant === 'r6d' ? load('tilt.js', assets) : undefined
}

/** What `onMetric` needs. Throws `asset-missing`. */
export async function loadMetrics(
  { onMetric }: CreateOptions,
  { assets, metricsSampleRate }: ResolvedOptions,
): Promise<Metrics | undefined> {
  return onMetric && new (await load('metrics.js', assets)).Metrics(onMetric, metricsSampleRate)
}

/** What few pages ever need of it. */
export function loadersOf(assets: string): Loaders {
  return {
    pixelPainter: async () => (await load('canvas_renderer.js', assets)).paintWithPixels,
    finishes: () => load('finishes.js', assets),
  }
}

/**
 * A still as a bitmap of its own, EXIF rotation applied; the source stays usable. A page that shows videos only never
 * loads what this takes.
 *
 * Throws `image-unusable`, `image-too-small`, `image-too-large`, `option-invalid` or `asset-missing`.
 */
export async function toBitmap(source: StillSource, assets: string): Promise<ImageBitmap> {
  const still: typeof Still = await load('still.js', assets)
  try {
    return await still.toBitmap(source)
  } catch (thrown) {
    throw fromWire(thrown as WireError)
  }
}

async function load(path: string, assets: string) {
  try {
    return await import(new URL(path, assets).href)
  } catch (thrown) {
    throw fail('asset-missing', { path, detail: reasonOf(thrown) }, thrown)
  }
}
