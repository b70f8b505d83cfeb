/** Something that looks at frames, one after the other. */
export interface Contender {
  /** Looks at so many frames of its scene; gives the milliseconds of each, warm-up left out. */
  round(frames: number): Promise<number[]>
  close(): Promise<void>
}

/** What is measured: a scene in frames of a size. */
export interface Task {
  readonly scene: 'no hand' | 'one hand' | 'two hands'
  readonly width: number
  readonly height: number
}

/** Frames before the ones that count, each round: what was asleep wakes up. */
export const WARM_UP_FRAMES = 8
