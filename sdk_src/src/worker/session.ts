import type { OpenBackend, Variant } from '../backends/backend.ts'
import { backendOf, openBackend } from '../backends/select.ts'
import type { StoredModels } from '../models_cache/models.ts'
import type { ResolvedOptions } from '../options.ts'
import { Cascade } from '../pipeline/cascade.ts'
import type { Core } from '../pipeline/core.ts'
import { Networks } from '../pipeline/networks.ts'
import type { Backend } from '../types.ts'

/** A backend with the networks on it; rebuilt when the backend is lost. */
export class Session {
  variant: Variant = 'wasm'
  networks!: Networks
  cascade!: Cascade
  readonly #assets: string
  readonly #targetFps: number
  #models!: StoredModels
  #core!: Core
  #opened: OpenBackend | undefined
  #lost = new Loss()

  constructor({ assets, targetFps }: ResolvedOptions) {
    this.#assets = assets
    this.#targetFps = targetFps
  }

  get backend(): Backend {
    return backendOf(this.variant)
  }

  /** Opens a backend; needs no models yet. remembered: what won the last time. Throws `backend-unavailable`. */
  async open(wanted: Backend | 'auto', remembered?: Variant): Promise<void> {
    const lost = new Loss()
    this.#lost = lost
    this.#opened?.close()
    this.#opened = undefined
    const onLost = () => lost.tell()
    const { opened, variant } = await openBackend({ wanted, remembered, assets: this.#assets, onLost })
    this.#opened = opened
    this.variant = variant
  }

  /** Puts the networks on the backend. */
  load(models: StoredModels, core: Core): void {
    this.#models = models
    this.#core = core
    if (!this.#opened) throw new Error('no backend is open')
    this.networks = new Networks(models, this.#opened)
    this.cascade = new Cascade(this.#core, this.networks, this.#targetFps)
  }

  /**
   * Runs an inference; when the backend is lost before or during it, goes on with WASM, which cannot be lost, and
   * runs it again.
   */
  async healing<Result>(infer: () => Promise<Result>, onRecovered: (backend: Backend) => void): Promise<Result> {
    if (!this.#isLost) {
      try {
        // A lost context's fences never signal: without the race the inference would wait forever.
        const result = await Promise.race([infer(), this.#lost.promise])
        if (result !== LOST && !this.#isLost) return result
      } catch (thrown) {
        if (!this.#isLost) throw thrown
      }
    }
    this.networks.dispose()
    await this.open('wasm', 'wasm')
    this.load(this.#models, this.#core)
    onRecovered(this.backend)
    return infer()
  }

  /** The event comes later than the loss. */
  get #isLost(): boolean {
    return this.#lost.told || this.#opened?.lost === true
  }
}

const LOST = Symbol('context lost')

class Loss {
  told = false
  tell!: () => void
  readonly promise = new Promise<typeof LOST>((resolve) => {
    this.tell = () => {
      this.told = true
      resolve(LOST)
    }
  })
}
