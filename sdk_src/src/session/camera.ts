import { fail, LunulaError } from '../errors.ts'
import { reasonOf } from '../reason.ts'

/** Which camera; every wish is a wish only, so that a phone with one camera works too. */
export interface CameraOptions {
  /** Unless given, `environment`: the camera that looks at the hand, not at the face. */
  facingMode?: 'user' | 'environment'
  /** Of `navigator.mediaDevices.enumerateDevices()`; this one or none. */
  deviceId?: string
  /** Wished size in pixels, 1280 unless given. */
  width?: number
  /** Wished size in pixels, 720 unless given. */
  height?: number
  /** Stops waiting for the camera: the promise rejects with `aborted`. */
  signal?: AbortSignal
}

/** Names of getUserMedia's errors (Media Capture and Streams, section 10.2; Chromium and old Safari add their own). */
const CODES: Record<string, 'camera-denied' | 'camera-busy' | 'camera-missing'> = {
  NotAllowedError: 'camera-denied',
  SecurityError: 'camera-denied',
  NotReadableError: 'camera-busy',
  TrackStartError: 'camera-busy',
  AbortError: 'camera-busy',
  NotFoundError: 'camera-missing',
  OverconstrainedError: 'camera-missing',
}

/**
 * Opens a camera with one `getUserMedia` call. The stream belongs to the caller: {@link closeCamera} ends it.
 *
 * Throws `camera-denied`, `camera-busy`, `camera-missing` or `aborted`.
 */
export async function openCamera(options: CameraOptions = {}): Promise<MediaStream> {
  const { facingMode = 'environment', deviceId, width = 1280, height = 720, signal } = options
  if (signal?.aborted) throw fail('aborted', {}, signal.reason)
  if (!navigator.mediaDevices?.getUserMedia) {
    throw fail('camera-missing', { detail: 'cameras work on https and localhost pages only' })
  }
  const video: MediaTrackConstraints = { width: { ideal: width }, height: { ideal: height } }
  // WebKit throws for an exact facingMode that it cannot meet.
  if (deviceId === undefined) video.facingMode = { ideal: facingMode }
  else video.deviceId = { exact: deviceId }
  const asking = navigator.mediaDevices.getUserMedia({ video, audio: false })
  const stream = await unlessAborted(asking, signal).catch((thrown) => {
    throw cameraError(thrown)
  })
  return stream
}

/** Ends every track, so that the camera's light goes out. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function cameraError(thrown: unknown): LunulaError {
  if (thrown instanceof LunulaError) return thrown
  const code = thrown instanceof Error ? CODES[thrown.name] : undefined
  if (code === 'camera-missing') return fail(code, { detail: reasonOf(thrown) }, thrown)
  return fail(code ?? 'camera-busy', {}, thrown)
}

/** The prompt cannot be taken back: a stream that comes after the abort is ended at once. */
function unlessAborted(asking: Promise<MediaStream>, signal: AbortSignal | undefined): Promise<MediaStream> {
  if (!signal) return asking
  return new Promise((resolve, reject) => {
    const abort = () => reject(fail('aborted', {}, signal.reason))
    signal.addEventListener('abort', abort, { once: true })
    asking
      .then((stream) => (signal.aborted ? closeCamera(stream) : resolve(stream)), reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
