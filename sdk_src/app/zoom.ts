/**
 * A closer look at a still: pinch, wheel, double click and keys; dragging moves it. The layers follow --zoom, --zoom-x
 * and --zoom-y of the picture (styles/picture.css), so before and after stay on top of each other.
 */
import { element } from './elements.ts'

const MOST = 8
const STEP = 1.5
const DOUBLE_CLICK = 2.5
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [60, 0],
  ArrowRight: [-60, 0],
  ArrowUp: [0, 60],
  ArrowDown: [0, -60],
}

/** Scale, and shift of the picture's middle in CSS pixels. */
export interface View {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 }

/**
 * Zoom by a factor so that what lies at (x, y) stays there; never smaller than the whole, never past its edge.
 *
 * @param x @param y CSS pixels from the picture's middle
 */
export function zoomed(view: View, factor: number, x: number, y: number, width: number, height: number): View {
  const scale = Math.min(Math.max(view.scale * factor, 1), MOST)
  const by = scale / view.scale
  return moved({ scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by }, 0, 0, width, height)
}

/** Shift by (dx, dy), as far as there is picture. */
export function moved(view: View, dx: number, dy: number, width: number, height: number): View {
  const clamp = (value: number, side: number) => {
    const most = ((view.scale - 1) * side) / 2
    return Math.min(Math.max(value, -most), most) + 0 // no negative zero
  }
  return { scale: view.scale, x: clamp(view.x + dx, width), y: clamp(view.y + dy, height) }
}

export class Zoom {
  readonly #picture = element('picture', HTMLElement)
  readonly #reset = element('zoom-button', HTMLButtonElement)
  readonly #allowed: () => boolean
  readonly #pointers = new Map<number, { x: number; y: number }>()
  #view = WHOLE

  /** @param allowed whether there is a still to look at */
  constructor(allowed: () => boolean) {
    this.#allowed = allowed
    this.#reset.addEventListener('click', () => {
      this.reset()
      this.#picture.focus()
    })
    this.#listenForPointers()
    this.#picture.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false })
    this.#picture.addEventListener('keydown', (event) => this.#onKey(event))
    this.#picture.addEventListener('dblclick', ({ clientX, clientY }) => {
      if (this.#view.scale > 1) this.reset()
      else this.#zoom(DOUBLE_CLICK, clientX, clientY)
    })
  }

  reset(): void {
    this.#show(WHOLE)
  }

  #listenForPointers(): void {
    const picture = this.#picture
    picture.addEventListener('pointerdown', (event) => {
      if (!this.#allowed() || event.target instanceof HTMLInputElement) return
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
      picture.setPointerCapture(event.pointerId)
    })
    picture.addEventListener('pointermove', (event) => this.#onMove(event))
    for (const type of ['pointerup', 'pointercancel'] as const) {
      picture.addEventListener(type, ({ pointerId }) => this.#pointers.delete(pointerId))
    }
  }

  #onMove({ pointerId, clientX, clientY }: PointerEvent): void {
    const before = this.#pointers.get(pointerId)
    if (!before) return
    const [other] = [...this.#pointers].filter(([id]) => id !== pointerId).map(([, point]) => point)
    this.#pointers.set(pointerId, { x: clientX, y: clientY })
    const dx = clientX - before.x
    const dy = clientY - before.y
    if (!other) {
      this.#move(dx, dy)
      return
    }
    const distance = (x: number, y: number) => Math.max(Math.hypot(x - other.x, y - other.y), 1)
    this.#zoom(
      distance(clientX, clientY) / distance(before.x, before.y),
      (clientX + other.x) / 2,
      (clientY + other.y) / 2,
    )
    this.#move(dx / 2, dy / 2)
  }

  #onWheel(event: WheelEvent): void {
    if (!this.#allowed()) return
    event.preventDefault()
    // A mouse's notch is about 100 pixels, a trackpad's pinch a few at a time.
    this.#zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), event.clientX, event.clientY)
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#allowed() || event.target !== this.#picture || event.ctrlKey || event.metaKey) return
    const { left, top, width, height } = this.#picture.getBoundingClientRect()
    const middle = [left + width / 2, top + height / 2] as const
    const arrow = ARROWS[event.key]
    if (event.key === '+' || event.key === '=') this.#zoom(STEP, ...middle)
    else if (event.key === '-') this.#zoom(1 / STEP, ...middle)
    else if (event.key === '0' || event.key === 'Escape') this.reset()
    else if (arrow) this.#move(...arrow)
    else return
    event.preventDefault()
  }

  #zoom(factor: number, clientX: number, clientY: number): void {
    if (!this.#allowed()) return
    const { left, top, width, height } = this.#picture.getBoundingClientRect()
    this.#show(zoomed(this.#view, factor, clientX - left - width / 2, clientY - top - height / 2, width, height))
  }

  #move(dx: number, dy: number): void {
    const { width, height } = this.#picture.getBoundingClientRect()
    this.#show(moved(this.#view, dx, dy, width, height))
  }

  #show(view: View): void {
    this.#view = view
    const { style, dataset } = this.#picture
    style.setProperty('--zoom', String(view.scale))
    style.setProperty('--zoom-x', `${view.x}px`)
    style.setProperty('--zoom-y', `${view.y}px`)
    dataset.zoom = view.scale.toFixed(2)
    this.#reset.hidden = view.scale === 1
  }
}
