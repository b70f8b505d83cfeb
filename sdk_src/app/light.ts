/**
 * How light a picture is, from a copy of 32x32 pixels.
 */
import type { Light } from './hints.ts'

const SIDE = 32
let context: CanvasRenderingContext2D | null = null

/** Null where the picture cannot be read. */
export function lightOf(picture: CanvasImageSource): Light | null {
  context ??= Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE }).getContext('2d', {
    willReadFrequently: true,
  })
  if (!context) return null
  try {
    context.drawImage(picture, 0, 0, SIDE, SIDE)
    return measure(context.getImageData(0, 0, SIDE, SIDE).data)
  } catch {
    return null
  }
}

/** @param data RGBA */
export function measure(data: Uint8ClampedArray): Light {
  let sum = 0
  let clipped = 0
  for (let at = 0; at < data.length; at += 4) {
    // Rec. 709 luma of the sRGB values.
    const luma = 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0)
    sum += luma
    if (luma > 245) clipped += 1
  }
  const pixels = data.length / 4
  return { mean: sum / pixels, clipped: clipped / pixels }
}
