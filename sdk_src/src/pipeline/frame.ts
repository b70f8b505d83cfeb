import { reasonOf } from '../reason.ts'
import { fail } from '../worker/failure.ts'
import type { Frame } from '../worker/messages.ts'
import { type Extent, fitted, MAX_FRAME_SIDE } from './extent.ts'

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

/** Formats without transparency, which a canvas would have to lay on white; null: on the graphics card. */
const OPAQUE: readonly (string | null)[] = ['I420', 'NV12', 'RGBX', 'BGRX', null]

/** A video's frame without transparency that is shown as it is stored, and is not too large for the core. */
export function isPlainVideoFrame(frame: Frame): frame is VideoFrame {
  if (!('visibleRect' in frame) || !OPAQUE.includes(frame.format)) return false
  const { displayWidth, displayHeight, visibleRect } = frame
  const { rotation, flip } = frame as { rotation?: number; flip?: boolean } // newer than TypeScript's library
  const whole = visibleRect?.width === displayWidth && visibleRect.height === displayHeight
  return whole && !rotation && !flip && Math.max(displayWidth, displayHeight) <= MAX_FRAME_SIDE
}

/** Reads frames' pixels: a video's by the browser's own conversion, where it has one, others through a canvas. */
export class FrameReader {
  /** Old Safari has no 2D canvas in workers: the page then sends pixels. */
  static readonly drawsBitmaps = canDraw()
  #context: OffscreenCanvasRenderingContext2D | undefined
  #converts = true

  /**
   * Writes a frame's pixels, RGBA, where there is room for so many; gives their size. Throws `image-unusable` when the
   * frame cannot be read.
   */
  async read(frame: Frame, room: (size: Extent) => Uint8Array): Promise<Extent> {
    if (await this.#convert(frame, room)) return extentOf(frame)
    const pixels = this.#drawn(frame)
    room(pixels).set(pixels.data)
    return pixels
  }

  /**
   * Without a canvas: 640x480 takes 0.7 ms in Chromium instead of 2.2, interleaved. False where the browser cannot, and
   * for frames that have to be turned or made smaller.
   */
  async #convert(frame: Frame, room: (size: Extent) => Uint8Array): Promise<boolean> {
    if (!this.#converts || !isPlainVideoFrame(frame) || frame.format === null) return false
    try {
      await frame.copyTo(room(extentOf(frame)), { format: 'RGBA', colorSpace: 'srgb' })
    } catch {
      this.#converts = false // Chromium before 127, and others, convert no colours
    }
    return this.#converts
  }

  #drawn(frame: Frame): Pixels {
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
