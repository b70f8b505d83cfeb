import { fail } from '../errors.ts'
import { type Extent, fitted } from '../pipeline/extent.ts'
import type { Frame } from '../worker/messages.ts'

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
