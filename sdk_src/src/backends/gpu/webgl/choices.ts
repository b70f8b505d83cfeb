/** What was measured, each against the others; the page of tests/bench opens devices with other choices. */
export interface Choices {
  /** Most layers that a draw call writes to: 1, 2, 4 or 8. The device may have fewer. */
  layers: number
  /** Most bytes of a uniform block; weights of a tile that are more lie in a texture. 0: all do. */
  blockBytes: number
  /** sync: the worker waits within readPixels; fence: it looks each time that its queue of messages is empty. */
  read: 'sync' | 'fence'
  /** Tells the driver before each draw call that what lies in its target is not needed. */
  invalidate: boolean
}

export const CHOICES: Choices = { layers: 4, blockBytes: 0, read: 'sync', invalidate: false }
