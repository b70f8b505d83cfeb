import { fail, type LunulaError } from '../errors.ts'
import { DEFAULT_POLISH, type ResolvedLook, resolveLook } from '../look/look.ts'
import { patternName } from '../look/polish.ts'
import { invalid, type ResolvedOptions, resolveOptions } from '../options.ts'
import type { NailRenderer } from '../render/renderer.ts'
import type {
  Backend,
  CreateOptions,
  Look,
  MemoryReport,
  Nail,
  Polish,
  Smoothing,
  StillSource,
  Storage,
  TryOnEvents,
  TryOnState,
} from '../types.ts'
import { contextOf, drawWhole } from './canvas.ts'
import { loadersOf, loadMetrics, loadRenderer, loadTilt, toBitmap } from './chunks.ts'
import { TryOnEventTarget } from './events.ts'
import { LiveVideo } from './live_video.ts'
import { LivingWorker } from './living_worker.ts'
import type { Metrics } from './metrics.ts'
import { toFrame, transferOf } from './source.ts'
import type * as Tilt from './tilt_chunk.ts'

/** Options of `NailTryOn.paint`. */
export interface PaintOptions {
  /** Nails of this very picture from an earlier `detect` or `paint`; without, they are detected. */
  nails?: Nail[]
  /** Stops waiting: the promise rejects with `aborted`. */
  signal?: AbortSignal
}

/** Which picture a canvas was last asked to show, so that a late answer does not paint on the next one. */
const turns = new WeakMap<HTMLCanvasElement | OffscreenCanvas, object>()

/**
 * A nail try-on: finds fingernails in pictures and videos and paints them, on the device.
 *
 * ```ts
 * const tryOn = await NailTryOn.create({ assets: '/lunula/' })
 * tryOn.polish = { color: '#8a0f2c', finish: 'gloss' }
 * await tryOn.paint(file, canvas)
 * await tryOn.close()
 * ```
 *
 * Every method that returns a promise rejects with a {@link LunulaError}. Events: {@link TryOnEvents}.
 */
export class NailTryOn extends TryOnEventTarget {
  readonly #worker: LivingWorker
  readonly #assets: string
  readonly #smoothing: Smoothing
  readonly #metrics: Metrics | undefined
  readonly #renderer: NailRenderer
  readonly #tilt: typeof Tilt | undefined
  #look: Look = { polish: DEFAULT_POLISH }
  #resolved: ResolvedLook = resolveLook(this.#look)
  #live: LiveVideo | undefined
  #state: TryOnState = 'ready'

  /**
   * Loads the models, chooses a backend and warms it up. Throws `option-invalid`, `asset-missing`, `manifest-invalid`,
   * `shard-corrupt`, `shard-missing`, `offline-not-cached`, `backend-unavailable`, `worker-failed` or `aborted`.
   */
  static async create(options: CreateOptions = {}): Promise<NailTryOn> {
    const resolved = resolveOptions(options, import.meta.url, document.baseURI)
    const since = performance.now()
    const metrics = await loadMetrics(options, resolved)
    let tryOn: NailTryOn | undefined // until then `create` itself rejects
    // It compiles while the models load.
    const loading = Promise.all([loadRenderer(resolved.assets), loadTilt(resolved)]).then(([Renderer, tilt]) => {
      const onRecovered = () => {
        if (tryOn) tryOn.#emit('recovered', { part: 'renderer', from: 'context-lost', backend: tryOn.backend })
      }
      return { tilt, renderer: new Renderer(loadersOf(resolved.assets), true, onRecovered, tilt?.spaceOf) }
    })
    loading.catch(() => {}) // told below
    const worker = await LivingWorker.start(resolved, options.signal, {
      progress: (progress) => {
        metrics?.progress(progress)
        options.onProgress?.(progress)
      },
      recovered: (detail) => {
        if (tryOn) tryOn.#emit('recovered', detail)
      },
      failed: (error) => {
        if (tryOn) tryOn.#onFailure(error)
      },
    }).catch((error: LunulaError) => {
      metrics?.failed(error.code)
      loading.then(
        ({ renderer }) => renderer.close(),
        () => {},
      )
      throw error
    })
    const { renderer, tilt } = await loading.catch((error: LunulaError) => {
      worker.end(error)
      metrics?.failed(error.code)
      throw error
    })
    const { backend, modelVersion } = worker.ready
    metrics?.started(since, { backend, modelVersion })
    tryOn = new NailTryOn(worker, renderer, tilt, resolved, metrics)
    return tryOn
  }

  private constructor(
    worker: LivingWorker,
    renderer: NailRenderer,
    tilt: typeof Tilt | undefined,
    options: ResolvedOptions,
    metrics: Metrics | undefined,
  ) {
    super()
    this.#renderer = renderer
    this.#tilt = tilt
    this.#metrics = metrics
    this.#worker = worker
    this.#assets = options.assets
    this.#smoothing = options.smoothing
  }

  /** The backend really in use. */
  get backend(): Backend {
    return this.#worker.ready.backend
  }

  /**
   * Where the models are kept; `memory` when they could not be stored, see {@link storageReason}. Storing is tried again
   * later; a `recovered` event tells when it worked.
   */
  get storage(): Storage {
    return this.#worker.ready.storage
  }

  /** Why the models are in memory only. */
  get storageReason(): string | undefined {
    return this.#worker.ready.storageReason
  }

  /** Version of the models, from their manifest. */
  get modelVersion(): string {
    return this.#worker.ready.modelVersion
  }

  /** Where the try-on is in its life. */
  get state(): TryOnState {
    return this.#state
  }

  /** What is painted on every nail from now on. Setting throws `option-invalid`, and ends a look. */
  get polish(): Required<Polish> {
    return { ...this.#resolved.polish }
  }

  set polish(polish: Polish) {
    this.look = { polish }
  }

  /** What is painted from now on, finger by finger. Setting throws `option-invalid`. */
  get look(): Look {
    return structuredClone(this.#look)
  }

  set look(look: Look) {
    this.#resolved = resolveLook(look)
    this.#look = structuredClone(look)
  }

  /**
   * Gives a picture a name, so that a polish of finish `pattern` can show it. Its middle is cut square and covers the
   * nail, its top at the tip. name: small letters, digits and hyphens. Throws `option-invalid`, or as `detect` does.
   */
  async addPattern(name: string, picture: StillSource): Promise<void> {
    patternName('name', name)
    const bitmap = await toBitmap(picture, this.#assets)
    try {
      await this.#renderer.addPattern(name, bitmap)
    } finally {
      bitmap.close()
    }
  }

  /**
   * Finds the nails of a still, in its own pixels, most confident first. The source is not changed.
   * Throws `image-unusable`, `image-too-small`, `image-too-large`, `asset-missing`, `aborted`, `worker-failed` or
   * `session-closed`.
   */
  async detect(source: StillSource, { signal }: { signal?: AbortSignal } = {}): Promise<Nail[]> {
    this.#requireOpen(signal)
    return this.#detect(source, await toBitmap(source, this.#assets), signal)
  }

  /**
   * Draws a still on a canvas at its full size and paints its nails. The canvas must have a 2D context or none yet.
   * Returns the nails; give them back in `nails` to paint the same picture in another colour at once.
   * Throws as `detect` does.
   */
  async paint(
    source: StillSource,
    canvas: HTMLCanvasElement | OffscreenCanvas,
    { nails, signal }: PaintOptions = {},
  ): Promise<Nail[]> {
    this.#requireOpen(signal)
    const context = contextOf(canvas)
    const turn = {}
    turns.set(canvas, turn)
    const bitmap = await toBitmap(source, this.#assets)
    this.#requireOpen(signal)
    if (turns.get(canvas) === turn) drawWhole(context, bitmap, bitmap)
    if (nails) bitmap.close()
    const found = nails ?? (await this.#detect(source, bitmap, signal))
    await this.#renderer.prepare(this.#resolved)
    const isShown = () => turns.get(canvas) === turn
    if (isShown() && !this.#renderer.paint(context, found, this.#resolved)) {
      await this.#renderer.ready()
      if (isShown()) this.#renderer.paint(context, found, this.#resolved)
    }
    return found
  }

  /**
   * Shows a video with painted nails on a canvas, until `stop`. The video plays by itself: a camera's stream in
   * `srcObject` or any file. Resolves with its first frame; a video that was started before is stopped.
   * Throws `image-unusable`, `camera-ended`, `aborted` (by `stop`), `option-invalid` or `session-closed`.
   */
  async start(video: HTMLVideoElement, canvas: HTMLCanvasElement | OffscreenCanvas): Promise<void> {
    this.#requireOpen()
    if (!(video instanceof HTMLVideoElement)) throw invalid('video', video, 'a <video> element')
    const context = contextOf(canvas)
    this.stop()
    turns.delete(canvas)
    await Promise.all([
      this.#worker.ask('forget', () => ({ argument: null })),
      this.#renderer.prepare(this.#resolved).catch(() => {}), // it is painted plain until it comes
    ])
    const live = new LiveVideo(
      {
        video,
        context,
        worker: this.#worker,
        renderer: this.#renderer,
        smoothing: this.#smoothing,
        tilt: this.#tilt,
        look: () => this.#resolved,
        emit: (type, detail) => this.#emit(type, detail),
      },
      {
        state: (state) => this.#setState(state),
        ended: (error) => {
          this.stop()
          this.#emit('error', { error })
        },
      },
    )
    this.stop() // another start may have come first
    this.#live = live
    await live.start()
  }

  /** Ends the video; the canvas keeps its last picture. */
  stop(): void {
    this.#live?.stop()
    this.#live = undefined
    if (this.#state === 'running' || this.#state === 'paused') this.#setState('ready')
  }

  /** Holds the video until `resume`; a hidden page is held by itself. */
  pause(): void {
    this.#live?.pause()
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#live?.resume()
  }

  /** What is allocated; the same after every frame. */
  async memory(): Promise<MemoryReport> {
    this.#requireOpen()
    return this.#worker.ask('memory', () => ({ argument: null }))
  }

  /** Ends everything and frees it: worker, models, textures. What still waits rejects with `session-closed`. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.stop()
    this.#setState('closed')
    this.#worker.end(fail('session-closed', {}))
    this.#renderer.close()
  }

  /** bitmap: the source's, given away; when the worker is lost with it, the source gives another. */
  async #detect(source: StillSource, bitmap: ImageBitmap, signal: AbortSignal | undefined): Promise<Nail[]> {
    let first: ImageBitmap | undefined = bitmap
    const question = async () => {
      const taken = first ?? (await toBitmap(source, this.#assets))
      first = undefined
      const extent = { width: taken.width, height: taken.height }
      const frame = toFrame(taken, this.#worker.ready.bitmaps)
      return { argument: { frame, source: extent }, transfer: transferOf(frame) }
    }
    const since = performance.now()
    try {
      const { nails, timings, tier } = await this.#worker.ask('detect', question, signal)
      this.#metrics?.still(timings, tier, performance.now() - since)
      return nails
    } catch (thrown) {
      this.#metrics?.failed((thrown as LunulaError).code)
      throw thrown
    }
  }

  #requireOpen(signal?: AbortSignal): void {
    if (this.#state === 'closed') throw fail('session-closed', {})
    if (signal?.aborted) throw fail('aborted', {}, signal.reason)
  }

  #onFailure(error: LunulaError): void {
    this.stop()
    this.#setState('failed')
    this.#emit('error', { error })
  }

  #setState(state: TryOnState): void {
    if (state === this.#state || this.#state === 'closed') return
    this.#state = state
    this.#emit('state', { state })
  }

  #emit<Name extends keyof TryOnEvents>(type: Name, detail: TryOnEvents[Name]['detail']): void {
    if (type === 'frame') this.#metrics?.frame(detail as TryOnEvents['frame']['detail'])
    if (type === 'recovered') {
      const { from, backend } = detail as TryOnEvents['recovered']['detail']
      this.#metrics?.recovered(from, backend)
    }
    if (type === 'error') this.#metrics?.failed((detail as TryOnEvents['error']['detail']).error.code)
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
