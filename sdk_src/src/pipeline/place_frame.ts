import type { Frame } from '../worker/messages.ts'
import type { Core } from './core.ts'
import { type Extent, MAX_FRAME_SIDE } from './extent.ts'
import { extentOf, type FrameReader, isPlainVideoFrame } from './frame.ts'

/**
 * Puts a frame where the core samples from: a tracked one onto the backend's device, if that cuts and the frame can go
 * there as it is; else as pixels into the core. Gives its size there. Throws `image-unusable`.
 */
export async function placeFrame(
  core: Core,
  reader: FrameReader,
  frame: Frame,
  mode: 'still' | 'track',
): Promise<Extent> {
  const size = extentOf(frame)
  if (mode === 'track' && isPlain(frame) && core.placeOnDevice(frame, size)) return size
  return reader.read(frame, (room) => core.place(room))
}

/** Tracked frames are a video's, as bitmaps as well, and have no transparency. */
function isPlain(frame: Frame): frame is VideoFrame | ImageBitmap {
  const isBitmap = !('displayWidth' in frame || 'data' in frame)
  return isBitmap ? Math.max(frame.width, frame.height) <= MAX_FRAME_SIDE : isPlainVideoFrame(frame)
}
