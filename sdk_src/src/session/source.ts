import { fail, LunulaError } from '../errors.ts'
import { invalid } from '../options.ts'
import { type Extent, fitted } from '../pipeline/extent.ts'
import { reasonOf } from '../reason.ts'
import type { StillSource } from '../types.ts'
import type { Frame } from '../worker/messages.ts'
import { sizeFromHeader } from './image_size.ts'

/** Pixels on the shorter side; a nail below has too few to be found. */
const LEAST_SIDE = 64
/** Decoded, 200 MB. */
const MOST_MEGAPIXELS = 50

/**
 * A still as a bitmap of its own, EXIF rotation applied; the source stays usable.
 *
 * Throws `image-unusable`, `image-too-small`, `image-too-large` or `option-invalid`.
 */
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
    if (thrown instanceof LunulaError) throw thrown
    throw fail('image-unusable', { detail: reasonOf(thrown) }, thrown)
  }
}

/** What the worker takes: the bitmap itself, or its pixels where workers cannot draw. Either is given away. */
export function toFrame(bitmap: ImageBitmap, bitmaps: boolean): Frame {
  if (bitmaps) return bitmap
  const frame = toPixels(bitmap, bitmap)
  bitmap.close()
  return frame
}

/** The pixels of anything that can be drawn, at the size that the pipeline uses. */
export function toPixels(source: CanvasImageSource, extent: Extent): ImageData {
  const { width, height } = fitted(extent)
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')
  if (!context) throw fail('image-unusable', { detail: 'this browser gives no 2D canvas' })
  context.imageSmoothingQuality = 'high'
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.drawImage(source, 0, 0, width, height)
  return context.getImageData(0, 0, width, height)
}

/** What moves instead of being copied. */
export function transferOf(frame: Frame): Transferable[] {
  return 'data' in frame ? [frame.data.buffer as ArrayBuffer] : [frame]
}

function requireStill(source: unknown): asserts source is StillSource {
  const classes = [Blob, ImageBitmap, HTMLImageElement, HTMLCanvasElement, globalThis.OffscreenCanvas, ImageData]
  if (classes.some((type) => type !== undefined && source instanceof type)) return
  throw invalid('source', source, 'an ImageBitmap, Blob, image, canvas or ImageData')
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
