import { type Backend, DEFAULT_POLISH, type Finish, type Polish, type Precision } from 'lunula'
import { TryOnEventElement } from './events.ts'

/** Attributes that a new session is made for. */
export const SESSION_ATTRIBUTES = ['assets', 'backend', 'precision']
/** Attributes that only repaint. */
export const POLISH_ATTRIBUTES = ['color', 'finish', 'opacity']
/** Attributes that choose what is painted. */
export const PICTURE_ATTRIBUTES = ['src', 'camera', 'facing']

/** The attributes of `<lunula-try-on>` as properties: each reads its attribute, and setting one sets it. */
export class TryOnAttributes extends TryOnEventElement {
  /** Names of the attributes whose change the browser tells. */
  static readonly observedAttributes = [...SESSION_ATTRIBUTES, ...POLISH_ATTRIBUTES, ...PICTURE_ATTRIBUTES]

  /** Folder that `dist` is served from; unless given, the one of the script. A change loads anew. */
  get assets(): string | null {
    return this.getAttribute('assets')
  }

  set assets(address: string | null) {
    this.#set('assets', address)
  }

  /** What computes; unless given, `auto`. A change loads anew. */
  get backend(): Backend | 'auto' {
    return (this.getAttribute('backend') ?? 'auto') as Backend | 'auto'
  }

  set backend(backend: Backend | 'auto' | null) {
    this.#set('backend', backend)
  }

  /** How the weights are stored; unless given, `float16`. A change loads anew. */
  get precision(): Precision {
    return (this.getAttribute('precision') ?? 'float16') as Precision
  }

  set precision(precision: Precision | null) {
    this.#set('precision', precision)
  }

  /** `#rrggbb` or `#rgb`; unless given, the colour of `DEFAULT_POLISH`. */
  get color(): string {
    return this.getAttribute('color') ?? DEFAULT_POLISH.color
  }

  set color(color: string | null) {
    this.#set('color', color)
  }

  /** One of `FINISHES`; unless given, the one of `DEFAULT_POLISH`. */
  get finish(): Finish {
    return (this.getAttribute('finish') ?? DEFAULT_POLISH.finish) as Finish
  }

  set finish(finish: Finish | null) {
    this.#set('finish', finish)
  }

  /** 0 (bare nail) to 1 (fully opaque); unless given, 1. NaN when the attribute is no number. */
  get opacity(): number {
    const opacity = this.getAttribute('opacity')?.trim()
    if (opacity === undefined) return DEFAULT_POLISH.opacity
    return opacity === '' ? Number.NaN : Number(opacity) // Number('') would be 0
  }

  set opacity(opacity: number | null) {
    this.#set('opacity', opacity)
  }

  /** Address of a photo, on this origin or one that allows it (CORS); `camera` wins over it. */
  get src(): string | null {
    return this.getAttribute('src')
  }

  set src(address: string | null) {
    this.#set('src', address)
  }

  /** Whether the camera is shown; setting it asks for permission. */
  get camera(): boolean {
    return this.hasAttribute('camera')
  }

  set camera(on: boolean) {
    this.toggleAttribute('camera', Boolean(on))
  }

  /** Which camera; unless given, `environment`. The picture of `user`, the front camera, is mirrored. */
  get facing(): 'user' | 'environment' {
    return this.getAttribute('facing') === 'user' ? 'user' : 'environment'
  }

  set facing(facing: 'user' | 'environment' | null) {
    this.#set('facing', facing)
  }

  /** What the three attributes say; checked by `NailTryOn`. */
  protected get attributePolish(): Polish {
    return { color: this.color, finish: this.finish, opacity: this.opacity }
  }

  #set(name: string, value: string | number | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name)
    else this.setAttribute(name, String(value))
  }
}
