/** Buffers of a device, counted. */
export class Buffers {
  readonly device: GPUDevice
  readonly #held = new Set<GPUBuffer>()

  constructor(device: GPUDevice) {
    this.device = device
  }

  make(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage })
    this.#held.add(buffer)
    return buffer
  }

  /** values: of whole words. */
  filled(values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.make(values.byteLength, usage | GPUBufferUsage.COPY_DST)
    this.device.queue.writeBuffer(buffer, 0, values)
    return buffer
  }

  /** The device waits until nothing that was submitted needs it. */
  free(buffer: GPUBuffer): void {
    if (this.#held.delete(buffer)) buffer.destroy()
  }

  memory(): { tensors: number; tensorBytes: number } {
    const tensorBytes = [...this.#held].reduce((sum, { size }) => sum + size, 0)
    return { tensors: this.#held.size, tensorBytes }
  }
}
