/** After so many milliseconds a card is slow, and the browser's own interval little beside the rest. */
const ASKS_MS = 8

/**
 * Maps buffers for reading. Chromium looks only every one or two milliseconds whether a device is done, but also whenever
 * commands reach it: an error scope, opened and closed, is the least of these. Its answer is waited for before the next,
 * so that no more than one is ever under way: what is sent without waiting lies before the next frame's commands.
 */
export class ReadBacks {
  readonly #device: GPUDevice
  /** Buffers that are not mapped yet. */
  #pending = 0
  #end = 0
  #asks = false

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Resolves when what was written to a buffer can be read. */
  async mapped(buffer: GPUBuffer): Promise<void> {
    const mapping = buffer.mapAsync(GPUMapMode.READ)
    this.#pending++
    this.#end = performance.now() + ASKS_MS
    if (!this.#asks) void this.#ask()
    try {
      await mapping
    } finally {
      this.#pending--
    }
  }

  async #ask(): Promise<void> {
    this.#asks = true
    while (this.#pending > 0 && performance.now() < this.#end) {
      this.#device.pushErrorScope('validation')
      await this.#device.popErrorScope().catch(() => {}) // the device is lost, and tells so itself
    }
    this.#asks = false
  }
}
