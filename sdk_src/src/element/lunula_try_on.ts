import { LunulaError, type Nail, NailTryOn, type Progress, type StillSource } from 'lunula'
import { PICTURE_ATTRIBUTES, POLISH_ATTRIBUTES, SESSION_ATTRIBUTES, TryOnAttributes } from './attributes.ts'
import { paintCamera } from './camera.ts'
import { isOwnStop, type LunulaTryOnEvents, RESENT } from './events.ts'
import { fetchPhoto } from './photo.ts'
import { Shadow } from './shadow.ts'
import { DEFAULT_TEXTS, type TryOnTexts } from './texts.ts'

/**
 * `<lunula-try-on assets="/lunula/" color="#8a0f2c" finish="gloss" src="photo.jpg">`: a painted photo, or with `camera`
 * the painted camera, for pages without a build step.
 *
 * It loads when it comes into the document and closes when it leaves; being moved does neither. Errors are shown in the
 * element and sent as `error` events, nothing rejects. Parts for styling: `canvas`, `status`, `error`.
 */
export class LunulaTryOnElement extends TryOnAttributes {
  readonly #shadow = new Shadow(this)
  #texts = DEFAULT_TEXTS
  #changed = new Set<string>()
  #scheduled = false
  /** Ends the session, while there is one or one is being made. */
  #session: AbortController | undefined
  /** Ends what is shown. */
  #picture: AbortController | undefined
  #tryOn: NailTryOn | null = null
  /** The photo that was given to `show`, instead of `src`. */
  #given: StillSource | null = null
  /** The photo on the canvas and its nails, to paint again in another colour. */
  #still: { source: StillSource; nails: Nail[] } | undefined
  #error: LunulaError | null = null

  /** The session, for everything that the element has no attribute for; null until `ready` and after `close`. */
  get tryOn(): NailTryOn | null {
    return this.#tryOn
  }

  /** What went wrong last; null when all is well. */
  get error(): LunulaError | null {
    return this.#error
  }

  /** What the element says. Setting some of the texts keeps the others. */
  get texts(): TryOnTexts {
    return this.#texts
  }

  set texts(texts: Partial<TryOnTexts>) {
    this.#texts = { ...this.#texts, ...texts }
    this.#shadow.label(this.#texts)
  }

  /** Paints this photo instead of `src`, for example a chosen file; null goes back to `src`. `camera` wins over it. */
  show(photo: StillSource | null): void {
    this.#given = photo
    this.#change('src')
  }

  /** Loads anew, for example after an error. */
  restart(): void {
    this.#change('assets')
  }

  /** Called by the browser. @internal */
  connectedCallback(): void {
    for (const name of [...TryOnAttributes.observedAttributes, 'texts']) this.#upgrade(name)
    this.#shadow.label(this.#texts)
    this.#schedule()
  }

  /** Called by the browser. A moved element is connected again by the time of the update. @internal */
  disconnectedCallback(): void {
    this.#schedule()
  }

  /** Called by the browser for `moveBefore`, which would otherwise disconnect and connect. @internal */
  connectedMoveCallback(): void {}

  /** Called by the browser. @internal */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before !== after) this.#change(name)
  }

  /** A property that was set before the script defined the element hides the accessor. */
  #upgrade(name: string): void {
    if (!Object.hasOwn(this, name)) return
    const value = Reflect.get(this, name)
    Reflect.deleteProperty(this, name)
    Reflect.set(this, name, value)
  }

  #change(name: string): void {
    this.#changed.add(name)
    this.#schedule()
  }

  /** Several changes in one go (a framework sets all attributes, a move leaves and comes) make one update. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#update())
  }

  #update(): void {
    this.#scheduled = false
    const changed = this.#changed
    this.#changed = new Set()
    const any = (names: string[]) => names.some((name) => changed.has(name))
    if (!this.isConnected) this.#close()
    else if (!this.#session || any(SESSION_ATTRIBUTES)) void this.#open()
    else if (this.#tryOn) {
      const polished = any(POLISH_ATTRIBUTES)
      if (polished && !this.#polish(this.#tryOn)) this.#changed = changed
      else if (any(PICTURE_ATTRIBUTES)) void this.#show(this.#tryOn)
      else if (polished) void this.#repaint(this.#tryOn)
    }
  }

  async #open(): Promise<void> {
    this.#close()
    const { assets, backend, precision } = this
    const session = new AbortController()
    const { signal } = session
    this.#session = session
    this.#tell(this.#texts.loading(undefined))
    const onProgress = (progress: Progress) => this.#onProgress(progress, signal)
    try {
      const tryOn = await NailTryOn.create({ ...(assets && { assets }), backend, precision, onProgress, signal })
      if (signal.aborted) return void tryOn.close()
      this.#tryOn = tryOn
      for (const type of RESENT) tryOn.addEventListener(type, ({ detail }) => this.#send(type, detail as never))
      tryOn.addEventListener('error', ({ detail }) => this.#fail(detail.error))
      this.#send('ready', { tryOn })
      if (this.#polish(tryOn)) await this.#show(tryOn)
      else this.#changed.add('src')
    } catch (thrown) {
      if (!signal.aborted) this.#fail(thrown)
    }
  }

  #close(): void {
    this.#session?.abort()
    this.#session = undefined
    this.#picture?.abort()
    this.#still = undefined
    this.#shadow.show({})
    void this.#tryOn?.close()
    this.#tryOn = null
  }

  /** Whether the attributes make a polish; else the error is told, and what changed waits until they do. */
  #polish(tryOn: NailTryOn): boolean {
    try {
      tryOn.look = this.attributeLook
      return true
    } catch (thrown) {
      this.#fail(thrown)
      return false
    }
  }

  async #show(tryOn: NailTryOn): Promise<void> {
    this.#picture?.abort()
    this.#picture = new AbortController()
    const { signal } = this.#picture
    this.#still = undefined
    const photo = this.#given ?? this.src
    try {
      this.#tell(this.camera || photo ? this.#texts.working : '')
      if (this.camera) await this.#showCamera(tryOn, signal)
      else if (photo) await this.#showStill(tryOn, photo, signal)
      else this.#shadow.show({})
    } catch (thrown) {
      if (signal.aborted) return
      this.#shadow.show({})
      this.#fail(thrown)
    }
  }

  async #showCamera(tryOn: NailTryOn, signal: AbortSignal): Promise<void> {
    this.#shadow.show({ camera: true })
    await paintCamera(tryOn, this.#shadow, this.facing, signal)
    if (signal.aborted) return
    this.#shadow.show({ camera: true, picture: true, mirrored: this.facing === 'user' })
    this.#tell(this.#texts.camera)
  }

  async #showStill(tryOn: NailTryOn, photo: StillSource | string, signal: AbortSignal): Promise<void> {
    const source = typeof photo === 'string' ? await fetchPhoto(photo, signal) : photo
    const nails = await tryOn.paint(source, this.#shadow.canvas, { signal })
    if (signal.aborted) return
    this.#still = { source, nails }
    this.#shadow.show({ picture: true })
    this.#onPainted(nails)
  }

  /** The same nails in another colour; a camera's next frame has it by itself. */
  async #repaint(tryOn: NailTryOn): Promise<void> {
    const still = this.#still
    if (!still) {
      if (this.#error?.code === 'option-invalid') this.#tell(this.camera ? this.#texts.camera : '')
      return
    }
    try {
      await tryOn.paint(still.source, this.#shadow.canvas, { nails: still.nails })
      if (this.#still === still) this.#onPainted(still.nails)
    } catch (thrown) {
      if (this.#still === still) this.#fail(thrown)
    }
  }

  #onProgress(progress: Progress, signal: AbortSignal): void {
    if (signal.aborted) return
    const { loaded, total } = progress
    // In tens: a screen reader says each.
    this.#tell(this.#texts.loading(total > 0 ? Math.floor((10 * loaded) / total) * 10 : undefined))
    this.#send('progress', progress)
  }

  #onPainted(nails: Nail[]): void {
    this.#tell(this.#texts.painted(nails.length))
    this.#send('painted', { nails })
  }

  #tell(text: string): void {
    this.#error = null
    this.#shadow.tell(text)
  }

  #fail(thrown: unknown): void {
    const error = thrown instanceof LunulaError ? thrown : new LunulaError('worker-failed', String(thrown))
    if (error === this.#error || isOwnStop(error)) return // a failed worker tells twice: event and rejection
    this.#error = error
    this.#shadow.complain(error.message)
    this.#send('error', { error })
  }

  #send<Name extends keyof LunulaTryOnEvents>(type: Name, detail: LunulaTryOnEvents[Name]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
