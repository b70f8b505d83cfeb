import { reasonOf } from '../reason.ts'
import { fail } from '../worker/failure.ts'
import type { Frame } from '../worker/messages.ts'
import { type Extent, fitted } from './extent.ts'

/** RGBA pixels. */
export interface Pixels extends Extent {
  data: Uint8ClampedArray
}

/** Size in pixels as displayed. */
export function extentOf(frame: Frame): Extent {
  return 'displayWidth' in frame
    ? { width: frame.displayWidth, height: frame.displayHeight }
    : { width: frame.width, height: frame.height }
}

/** Draws frames into one canvas and reads their pixels. */
export class FrameReader {
  /** Old Safari has no 2D canvas in workers: the page then sends pixels. */
  static readonly drawsBitmaps = canDraw()
  #context: OffscreenCanvasRenderingContext2D | undefined

  /** Throws `image-unusable` when the frame cannot be read. */
  read(frame: Frame): Pixels {
    if ('data' in frame) return { width: frame.width, height: frame.height, data: frame.data as Uint8ClampedArray }
    const { width, height } = fitted(extentOf(frame))
    try {
      const context = this.#sized(width, height)
      context.fillStyle = '#fff' // shows through where a picture is transparent
      context.fillRect(0, 0, width, height)
      context.drawImage(frame, 0, 0, width, height)
      return { width, height, data: context.getImageData(0, 0, width, height).data }
    } catch (thrown) {
      throw fail('image-unusable', { detail: reasonOf(thrown) }, thrown)
    }
  }

  #sized(width: number, height: number): OffscreenCanvasRenderingContext2D {
    const context = this.#context ?? openContext(width, height)
    if (!context) throw new Error('no 2D canvas in this worker')
    this.#context = context
    if (context.canvas.width !== width || context.canvas.height !== height) {
      context.canvas.width = width
      context.canvas.height = height
    }
    context.imageSmoothingQuality = 'high' // a new size resets it
    return context
  }
}

function openContext(width: number, height: number): OffscreenCanvasRenderingContext2D | null {
  // The pixels are read each time: the canvas belongs in main memory.
  return new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
}

function canDraw(): boolean {
  try {
    return openContext(1, 1) !== null
  } catch {
    return false
  }
}
