import type { FrameDetail } from 'lunula'

/** Where a frame's time goes, in the order of its way. */
export const STAGES = ['capture', 'frame', 'hand', 'roi', 'pass1', 'pass2', 'post', 'total', 'render'] as const
export type Stage = (typeof STAGES)[number]

export const STAGE_NAMES: Record<Stage, string> = {
  capture: 'Capture and messages',
  frame: 'Frame to pixels',
  hand: 'Hand detector',
  roi: 'Regions and patches',
  pass1: 'Pass 1',
  pass2: 'Pass 2',
  post: 'Post-processing',
  total: 'Frame to nails',
  render: 'Render',
}

/** Milliseconds of each stage that this engine has. `total` is all before it; `render` is the page's own thread. */
export type Sample = Partial<Record<Stage, number>>

export function sampleOf({ timings, latencyMs, renderMs }: FrameDetail): Sample {
  const { total, ...stages } = timings
  return { capture: latencyMs - total, ...stages, total: latencyMs, render: renderMs }
}
