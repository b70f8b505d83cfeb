import type { Frame } from '../worker/messages.ts'
import { toPixels } from './source.ts'

/**
 * A VideoFrame of WebKitGTK that the worker draws while the page draws the same video leaves both with transparent
 * pixels, and every later frame of any video on the page: cameras as well, the more often the busier the machine is.
 * A bitmap is a copy of its own. Of Apple's WebKit it is not known, so it is not tried there. No feature tells; the
 * vendor's name is the same in all of WebKit.
 */
const SHARES_FRAMES = 'VideoFrame' in globalThis && !navigator.vendor.startsWith('Apple')

/** The frame that a video shows, by the best means there is: without a copy, as a bitmap, or as pixels. */
export async function takeFrame(video: HTMLVideoElement, bitmaps: boolean): Promise<Frame> {
  if (bitmaps && SHARES_FRAMES) {
    try {
      return new VideoFrame(video)
    } catch {
      // A video that just seeks or changes its source has no frame at hand: a bitmap waits for one.
    }
  }
  if (bitmaps) return createImageBitmap(video)
  return toPixels(video, { width: video.videoWidth, height: video.videoHeight })
}
