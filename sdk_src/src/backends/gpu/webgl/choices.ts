/** What was measured, each against the others; the page of tests/bench opens executors with other choices. */
export interface Choices {
  /** Most layers that a draw call writes to: 1, 2, 4 or 8. The device may have fewer. */
  layers: number
  /** Most bytes of a uniform block; weights of a tile that are more lie in a texture. 0: all do. */
  blockBytes: number
}

export const CHOICES: Choices = { layers: 4, blockBytes: 65_536 }
