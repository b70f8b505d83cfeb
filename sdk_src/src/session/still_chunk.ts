import { show } from '../options.ts'
import type { Extent } from '../pipeline/extent.ts'
import { reasonOf } from '../reason.ts'
import type { StillSource } from '../types.ts'
import { Failure, fail } from '../worker/failure.ts'
import { sizeFromHeader } from './image_size.ts'

/** Pixels on the shorter side; a nail below has too few to be found. */
const LEAST_SIDE = 64
/** Decoded, 200 MB. */
const MOST_MEGAPIXELS = 50

/** See `chunks.ts`. Throws a `Failure` where that throws an error: this file's `LunulaError` would not be the page's. */
export async function toBitmap(source: StillSource): Promise<ImageBitmap> {
  requireStill(source)
  if (source instanceof Blob) {
    const announced = await sizeFromHeader(source)
    if (announced) requireSize(announced)
  }
  try {
    if (source instanceof HTMLImageElement) await source.decode()
    if ('width' in source) requireSize(extentOf(source))
    const bitmap = await createImageBitmap(source)
    return checked(bitmap)
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown
    throw fail('image-unusable', { detail: reasonOf(thrown) }, thrown)
  }
}

function requireStill(source: unknown): asserts source is StillSource {
  const classes = [Blob, ImageBitmap, HTMLImageElement, HTMLCanvasElement, globalThis.OffscreenCanvas, ImageData]
  if (classes.some((type) => type !== undefined && source instanceof type)) return
  const expected = 'an ImageBitmap, Blob, image, canvas or ImageData'
  throw fail('option-invalid', { option: 'source', given: show(source), expected })
}

function checked(bitmap: ImageBitmap): ImageBitmap {
  try {
    requireSize(bitmap)
    return bitmap
  } catch (thrown) {
    bitmap.close()
    throw thrown
  }
}

function requireSize({ width, height }: Extent): void {
  if (Math.min(width, height) < LEAST_SIDE) throw fail('image-too-small', { width, height, least: LEAST_SIDE })
  if (width * height > MOST_MEGAPIXELS * 1e6) throw fail('image-too-large', { width, height, most: MOST_MEGAPIXELS })
}

function extentOf(source: Exclude<StillSource, Blob>): Extent {
  return source instanceof HTMLImageElement
    ? { width: source.naturalWidth, height: source.naturalHeight }
    : { width: source.width, height: source.height }
}
