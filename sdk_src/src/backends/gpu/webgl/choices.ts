/** What was measured, each against the others; the page of tests/bench opens executors with other choices. */
export interface Choices {
  /** Most layers that a draw call writes to: 1, 2, 4 or 8. The device may have fewer. */
  layers: number
  /** Most bytes of a uniform block; weights of a tile that are more lie in a texture. 0: all do. */
  blockBytes: number
  /**
   * sync: within `run`; late: as soon as nobody starts another run in the same turn, which is then drawn meanwhile; fence:
   * when the device is done, which is looked at each time that the worker has nothing else to do.
   */
  read: 'sync' | 'late' | 'fence'
}

export const CHOICES: Choices = { layers: 4, blockBytes: 65_536, read: 'sync' }
