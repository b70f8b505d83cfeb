import type { TryOnTexts } from './texts.ts'

/**
 * A constructed sheet: a strict Content-Security-Policy allows it, unlike `<style>` and style attributes. The video lies
 * unseen under the canvas, because WebKit stops one that is not displayed.
 */
const CSS = `
:host { display: block; position: relative; }
:host([hidden]) { display: none; }
canvas { display: block; width: 100%; height: auto; }
canvas:not(.shown) { display: none; }
canvas.mirrored { transform: scaleX(-1); }
video { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; pointer-events: none; }
video:not(.shown) { display: none; }
p { margin: 0; padding: 0.5em 0; font: inherit; }
p:empty { display: none; }
`

/** What the element is made of. Parts for styling: `canvas`, `status`, `error`. */
export class Shadow {
  readonly canvas = document.createElement('canvas')
  readonly video = document.createElement('video')
  readonly #status = document.createElement('p')
  readonly #error = document.createElement('p')
  readonly #internals: ElementInternals

  constructor(host: HTMLElement) {
    const root = host.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(CSS)
    root.adoptedStyleSheets = [sheet]
    describe(this.canvas, { part: 'canvas', role: 'img' })
    describe(this.#status, { part: 'status', role: 'status', 'aria-live': 'polite' })
    describe(this.#error, { part: 'error', role: 'alert' })
    describe(this.video, { 'aria-hidden': 'true' })
    Object.assign(this.video, { muted: true, playsInline: true })
    root.append(this.video, this.canvas, this.#status, this.#error)
    this.#internals = host.attachInternals()
    this.#internals.role = 'group' // a default only: the page's own role and aria-label win
  }

  /** The names of the element and its picture, for screen readers. */
  label({ label }: TryOnTexts): void {
    this.#internals.ariaLabel = label
    this.canvas.setAttribute('aria-label', label)
  }

  /** Text for everybody; what was wrong before is no longer. */
  tell(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text // else it would be read out again
    this.#error.textContent = ''
  }

  /** Text of what went wrong. */
  complain(text: string): void {
    this.#status.textContent = ''
    this.#error.textContent = text
  }

  /** Whether there is a picture, whether of a camera, and whether mirrored. */
  show({ picture = false, camera = false, mirrored = false }): void {
    this.canvas.classList.toggle('shown', picture)
    this.canvas.classList.toggle('mirrored', mirrored)
    this.video.classList.toggle('shown', camera)
  }
}

function describe(element: Element, attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
}
