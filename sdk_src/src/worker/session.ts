import { openBackend } from '../backends/select.ts'
import { webglLost } from '../backends/webgl.ts'
import type { StoredModels } from '../models_cache/models.ts'
import type { ResolvedOptions } from '../options.ts'
import { Cascade } from '../pipeline/cascade.ts'
import type { Core } from '../pipeline/core.ts'
import { Networks } from '../pipeline/networks.ts'
import type { Backend } from '../types.ts'

/** A backend with the networks on it; rebuilt when the backend is lost. */
export class Session {
  backend: Backend = 'wasm'
  networks!: Networks
  cascade!: Cascade
  readonly #assets: string
  readonly #targetFps: number
  readonly #models: StoredModels
  readonly #core: Core
  #lost = new Loss()

  constructor({ assets, targetFps }: ResolvedOptions, models: StoredModels, core: Core) {
    this.#assets = assets
    this.#targetFps = targetFps
    this.#models = models
    this.#core = core
  }

  async open(wanted: Backend | 'auto'): Promise<void> {
    const lost = new Loss()
    this.#lost = lost
    this.backend = await openBackend(wanted, this.#assets, () => lost.tell())
    this.networks = new Networks(this.#models, this.backend)
    this.cascade = new Cascade(this.#core, this.networks, this.#targetFps)
  }

  /**
   * Runs an inference; when WebGL's context is lost before or during it, goes on with WASM, which cannot be lost, and
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
    await this.open('wasm')
    onRecovered(this.backend)
    return infer()
  }

  /** The event comes later than the loss. */
  get #isLost(): boolean {
    return this.#lost.told || webglLost()
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
