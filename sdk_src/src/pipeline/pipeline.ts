import type { Detection, Frame } from '../worker/messages.ts'
import type { Core } from './core.ts'
import type { Extent } from './extent.ts'
import type { FrameReader } from './frame.ts'

/** An engine with its networks on a backend: frames in, nails out, one frame at a time. */
export interface Pipeline {
  readonly core: Core
  /**
   * Nails of a frame, in pixels of its source. `track`: the regions come from the last tracked frame's nails.
   * Throws `image-unusable`.
   */
  detect(reader: FrameReader, frame: Frame, source: Extent, mode: 'still' | 'track'): Promise<Detection>
  /** The next tracked frame belongs to another scene. */
  forget(): void
  /** Compiles shaders, so that the first frame is not late. On WASM, which compiles nothing, it would only make it later. */
  warmUp(): Promise<void>
}
