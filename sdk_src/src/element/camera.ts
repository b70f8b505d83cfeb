import { closeCamera, type NailTryOn, openCamera } from 'lunula'
import type { Shadow } from './shadow.ts'

/**
 * Paints the camera's picture until the signal aborts; then the camera's light goes out. Resolves with the first frame.
 * Throws as `openCamera` and `NailTryOn.start` do.
 */
export async function paintCamera(
  tryOn: NailTryOn,
  { canvas, video }: Shadow,
  facingMode: 'user' | 'environment',
  signal: AbortSignal,
): Promise<void> {
  const stream = await openCamera({ facingMode, signal })
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    closeCamera(stream)
    if (video.srcObject !== stream) return // the next camera came meanwhile
    tryOn.stop()
    video.srcObject = null
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    video.srcObject = stream
    // A play() that is cut short by the next picture is none of the person's business; start() tells what is.
    await video.play().catch(() => {})
    signal.throwIfAborted()
    await tryOn.start(video, canvas)
  } catch (thrown) {
    end()
    throw thrown
  }
}
