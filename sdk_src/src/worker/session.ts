import type { OpenBackend, Variant } from '../backends/backend.ts'
import { backendOf, openBackend } from '../backends/select.ts'
import type { StoredModels } from '../models_cache/models.ts'
import type { ResolvedOptions } from '../options.ts'
import { Cascade } from '../pipeline/cascade.ts'
import type { Core } from '../pipeline/core.ts'
import { Networks } from '../pipeline/networks.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { RtdetrNetworks } from '../pipeline/rtdetr_networks.ts'
import type { Backend } from '../types.ts'
import { loadChunk } from './chunks.ts'
import { LOST, Loss } from './loss.ts'
import { Losses } from './losses.ts'

/** A page must not wait longer for its next frame: where a new device needs longer to warm up, WASM goes on. */
const RESUME_MS = 1500

/** A backend with the networks on it; rebuilt when the backend is lost. */
export class Session {
  variant: Variant = 'wasm'
  networks!: Networks | RtdetrNetworks
  pipeline!: Pipeline
  readonly #options: ResolvedOptions
  #models!: StoredModels
  #core!: Core
  #opened: OpenBackend | undefined
  #lost = new Loss()
  readonly #losses = new Losses()
  #warmUpMs = 0

  constructor(options: ResolvedOptions) {
    this.#options = options
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
    const { assets, engine } = this.#options
    const { opened, variant } = await openBackend({ wanted, remembered, assets, engine, onLost })
    this.#opened = opened
    this.variant = variant
  }

  /** Puts the networks on the backend. Throws `asset-missing`. */
  async load(models: StoredModels, core: Core): Promise<void> {
    this.#models = models
    this.#core = core
    const { engine, assets } = this.#options
    const rtdetr = engine === 'cascade' ? undefined : await loadRtdetr(assets)
    if (!this.#opened) throw new Error('no backend is open')
    core.crops = this.#opened.crops
    if (rtdetr) {
      const networks = new rtdetr.RtdetrNetworks(models, this.#opened)
      this.networks = networks
      this.pipeline = new rtdetr.Rtdetr(core, networks, engine === 'rtdetr')
    } else {
      const networks = new Networks(models, this.#opened)
      this.networks = networks
      this.pipeline = new Cascade(core, networks, this.#options)
    }
  }

  /** Compiles shaders and touches memory, so that the first frame is not late. */
  async warmUp(): Promise<void> {
    const start = performance.now()
    await this.healing(
      () => this.pipeline.warmUp(),
      () => {},
    )
    this.#warmUpMs = performance.now() - start
  }

  /**
   * Runs an inference; when the backend's device is lost before or during it, runs it again on a new one, or on WASM,
   * which cannot be lost, where a new one is not to be had, takes long, or was lost twice within a minute.
   */
  async healing<Result>(infer: () => Promise<Result>, onRecovered: (backend: Backend) => void): Promise<Result> {
    for (;;) {
      if (!this.#isLost) {
        try {
          // A lost context's fences never signal: without the race the inference would wait forever.
          const result = await this.#lost.orLost(infer())
          if (result !== LOST && !this.#isLost) return result
        } catch (thrown) {
          if (!this.#isLost) throw thrown
        }
      }
      await this.#reopen()
      onRecovered(this.backend)
    }
  }

  async #reopen(): Promise<void> {
    this.networks.dispose()
    if (this.#losses.add() < 2 && this.#warmUpMs < RESUME_MS) {
      try {
        await this.open(this.backend, this.variant)
        return await this.load(this.#models, this.#core)
      } catch {
        // The browser gives no new device, for now or for this page.
      }
    }
    await this.open('wasm', 'wasm')
    await this.load(this.#models, this.#core)
  }

  /** The event comes later than the loss. */
  get #isLost(): boolean {
    return this.#lost.told || this.#opened?.lost === true
  }
}

/** RT-DETR's loop is a file of its own: a page with the cascade never fetches it. */
function loadRtdetr(assets: string): Promise<typeof import('../pipeline/rtdetr_chunk.ts')> {
  return loadChunk('rtdetr.js', assets)
}
