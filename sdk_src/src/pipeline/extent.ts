import { HEATMAP } from '../specs.ts'

/** Width and height in pixels. */
export interface Extent {
  width: number
  height: number
}

/** Longest side of a frame in the core's memory, pixels; larger ones are drawn smaller. */
export const MAX_FRAME_SIDE: number = HEATMAP.constants.max_frame_side

/** The size at which a source goes through the pipeline: longest side at most MAX_FRAME_SIDE. */
export function fitted({ width, height }: Extent): Extent {
  const scale = Math.min(1, MAX_FRAME_SIDE / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
