import type { LunulaErrorCode } from '../errors.ts'
import type { Backend, FrameDetail, Metric, Progress, Timings } from '../types.ts'

/** What every metric says. */
type Common = Pick<Metric, 'backend' | 'modelVersion'>
/** One kind of metric without what all have. */
type Own<Type extends Metric['type']> = Omit<Extract<Metric, { type: Type }>, keyof Common | 'type'>

/** Sends metrics to the page's own hook. `metrics.js`: a page without a hook never loads it. */
export class Metrics {
  /** What computes, and which models; known after the start. */
  common: Common = { backend: undefined, modelVersion: undefined }
  readonly #hook: (metric: Metric) => void
  readonly #sampleRate: number
  readonly #random: () => number
  readonly #phases = new Map<Progress['phase'], number>()

  /** sampleRate: share of inferences that are told; random: 0 to 1. */
  constructor(hook: (metric: Metric) => void, sampleRate: number, random = Math.random) {
    this.#hook = hook
    this.#sampleRate = sampleRate
    this.#random = random
  }

  /** Notes when a phase of loading began. */
  progress({ phase }: Progress): void {
    if (!this.#phases.has(phase)) this.#phases.set(phase, performance.now())
  }

  started(since: number, common: Common): void {
    this.common = common
    const [models, backend, warmUp] = (['models', 'backend', 'warm-up'] as const).map((phase) =>
      this.#phases.get(phase),
    )
    const now = performance.now()
    this.#send('start', {
      totalMs: now - since,
      modelsMs: (backend ?? now) - (models ?? since),
      backendMs: (warmUp ?? now) - (backend ?? now),
      warmUpMs: now - (warmUp ?? now),
    })
  }

  frame({ timings, tier, latencyMs }: FrameDetail): void {
    if (this.#sampled) this.#send('inference', { mode: 'video', timings, tier, latencyMs })
  }

  still(timings: Timings, tier: number, latencyMs: number): void {
    if (this.#sampled) this.#send('inference', { mode: 'still', timings, tier, latencyMs })
  }

  recovered(from: string, backend: Backend): void {
    this.common = { ...this.common, backend }
    this.#send('recovered', { from })
  }

  failed(code: LunulaErrorCode): void {
    this.#send('error', { code })
  }

  get #sampled(): boolean {
    return this.#random() < this.#sampleRate
  }

  /** An error of the page's hook is the page's: it is reported there and stops nothing here. */
  #send<Type extends Metric['type']>(type: Type, own: Own<Type>): void {
    try {
      this.#hook({ type, ...this.common, ...own } as unknown as Metric)
    } catch (thrown) {
      reportError(thrown)
    }
  }
}
