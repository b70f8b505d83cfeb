import {
  type Backend,
  DEFAULT_POLISH,
  type Finish,
  LOOKS,
  type Look,
  type LookFinger,
  LunulaError,
  lookFromHash,
  type NailShape,
  type Polish,
  type Precision,
} from 'lunula'
import { TryOnEventElement } from './events.ts'

/** Attributes that a new session is made for. */
export const SESSION_ATTRIBUTES = ['assets', 'backend', 'precision']
/** Attributes that are a finger's colour. */
const FINGERS = ['thumb', 'index', 'middle', 'ring', 'little'] as const satisfies readonly LookFinger[]
/** Attributes that only repaint. */
export const POLISH_ATTRIBUTES = [
  ...['look', 'color', 'finish', 'opacity', 'accent', 'shape', 'length', 'pattern'],
  ...FINGERS,
]
/** Without a look; not its accent, which suits its own colour only. */
const DEFAULT: Polish = { color: DEFAULT_POLISH.color, finish: DEFAULT_POLISH.finish }
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

  /**
   * What the whole hand wears: the name of one of `LOOKS`, a look as JSON, or the part of a link that `lookToHash` makes.
   * The other attributes change single fields of it. Reading it throws `option-invalid` when the attribute is none of them.
   */
  get look(): Look | null {
    const text = this.getAttribute('look')?.trim()
    if (!text) return null
    const known = LOOKS.find(({ name }) => name === text)
    if (known) return known
    if (!text.startsWith('{')) return lookFromHash(text)
    try {
      return JSON.parse(text) as Look
    } catch (cause) {
      throw new LunulaError('option-invalid', 'look is no JSON: write it as JSON.stringify does.', { cause })
    }
  }

  set look(look: Look | string | null) {
    this.#set('look', look && typeof look === 'object' ? JSON.stringify(look) : look)
  }

  /** `#rrggbb` or `#rgb`; unless given, the look's, or the colour of `DEFAULT_POLISH`. */
  get color(): string {
    return this.getAttribute('color') ?? this.#polish.color
  }

  set color(color: string | null) {
    this.#set('color', color)
  }

  /** One of `FINISHES`; unless given, the look's, or the one of `DEFAULT_POLISH`. */
  get finish(): Finish {
    return (this.getAttribute('finish') ?? this.#polish.finish) as Finish
  }

  set finish(finish: Finish | null) {
    this.#set('finish', finish)
  }

  /** 0 (bare nail) to 1 (fully opaque); unless given, the look's, or 1. NaN when the attribute is no number. */
  get opacity(): number {
    return this.#number('opacity') ?? this.#polish.opacity ?? DEFAULT_POLISH.opacity
  }

  set opacity(opacity: number | null) {
    this.#set('opacity', opacity)
  }

  /** The finish's second colour; unless given, the look's, or `null`: one that suits `color`. */
  get accent(): string | null {
    return this.getAttribute('accent') ?? this.#polish.accent ?? null
  }

  set accent(accent: string | null) {
    this.#set('accent', accent)
  }

  /** One of `SHAPES`: how a lengthened tip is cut; unless given, the look's, or `natural`. */
  get shape(): NailShape {
    return (this.getAttribute('shape') ?? this.#polish.shape ?? DEFAULT_POLISH.shape) as NailShape
  }

  set shape(shape: NailShape | null) {
    this.#set('shape', shape)
  }

  /** 0 to 2 nail lengths past the nail's own tip; unless given, the look's, or 0. NaN when the attribute is no number. */
  get length(): number {
    return this.#number('length') ?? this.#polish.length ?? DEFAULT_POLISH.length
  }

  set length(length: number | null) {
    this.#set('length', length)
  }

  /** Name of the picture of the finish `pattern`; unless given, the look's, or `dots`. */
  get pattern(): string {
    return this.getAttribute('pattern') ?? this.#polish.pattern ?? DEFAULT_POLISH.pattern
  }

  set pattern(pattern: string | null) {
    this.#set('pattern', pattern)
  }

  /** Colour of the thumb's nail; `null`: as on the whole hand. So are `index`, `middle`, `ring` and `little`. */
  get thumb(): string | null {
    return this.#fingerColor('thumb')
  }

  set thumb(color: string | null) {
    this.#set('thumb', color)
  }

  /** Colour of the index finger's nail. */
  get index(): string | null {
    return this.#fingerColor('index')
  }

  set index(color: string | null) {
    this.#set('index', color)
  }

  /** Colour of the middle finger's nail. */
  get middle(): string | null {
    return this.#fingerColor('middle')
  }

  set middle(color: string | null) {
    this.#set('middle', color)
  }

  /** Colour of the ring finger's nail. */
  get ring(): string | null {
    return this.#fingerColor('ring')
  }

  set ring(color: string | null) {
    this.#set('ring', color)
  }

  /** Colour of the little finger's nail. */
  get little(): string | null {
    return this.#fingerColor('little')
  }

  set little(color: string | null) {
    this.#set('little', color)
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

  /** What all attributes say; checked by `NailTryOn`. Throws `option-invalid` for a `look` that cannot be read. */
  protected get attributeLook(): Look {
    const { look } = this
    const fingers = { ...look?.fingers }
    for (const finger of FINGERS) {
      const color = this.getAttribute(finger)
      if (color !== null) fingers[finger] = { ...fingers[finger], color }
    }
    const polish = { ...(look ? look.polish : DEFAULT), ...this.#givenPolish() }
    return { ...look, polish, fingers }
  }

  /** Only what has an attribute. */
  #givenPolish(): Partial<Polish> {
    const given: Record<string, unknown> = {}
    for (const name of ['color', 'finish', 'accent', 'shape', 'pattern']) {
      if (this.hasAttribute(name)) given[name] = this.getAttribute(name)
    }
    for (const name of ['opacity', 'length']) if (this.hasAttribute(name)) given[name] = this.#number(name)
    return given
  }

  /** The look's, for reading a field that has no attribute of its own. */
  get #polish(): Polish {
    try {
      return this.look?.polish ?? DEFAULT
    } catch {
      return DEFAULT // `look` itself tells
    }
  }

  #fingerColor(finger: LookFinger): string | null {
    const own = this.getAttribute(finger)
    if (own !== null) return own
    try {
      return this.look?.fingers?.[finger]?.color ?? null
    } catch {
      return null
    }
  }

  #number(name: string): number | undefined {
    const text = this.getAttribute(name)?.trim()
    return text === undefined ? undefined : text === '' ? Number.NaN : Number(text) // Number('') would be 0
  }

  #set(name: string, value: string | number | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name)
    else this.setAttribute(name, String(value))
  }
}
