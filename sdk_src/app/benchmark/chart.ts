import { type Sample, STAGE_NAMES, type Stage } from './stages.ts'

/** The stages that stack up to a frame's nails, with the colours of their bars: readable on light and on dark. */
export const COLORS: Partial<Record<Stage, string>> = {
  capture: '#8f8a86',
  frame: '#5b8db8',
  hand: '#c79a3a',
  roi: '#4aa3a0',
  pass1: '#b5475f',
  pass2: '#7a5ea8',
  post: '#5d9a54',
}
/** Frames on the screen. */
const SHOWN = 120

/** Stacked bars, one a frame, newest at the right. */
export class Chart {
  readonly #canvas: HTMLCanvasElement
  #samples: Sample[] = []
  #drawing = false

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
  }

  clear(): void {
    this.#samples = []
    this.#draw()
  }

  add(sample: Sample): void {
    this.#samples = [...this.#samples.slice(1 - SHOWN), sample]
    if (this.#drawing) return
    this.#drawing = true
    requestAnimationFrame(() => {
      this.#drawing = false
      this.#draw()
    })
  }

  #draw(): void {
    const { clientWidth, clientHeight } = this.#canvas
    const density = devicePixelRatio
    Object.assign(this.#canvas, { width: clientWidth * density, height: clientHeight * density })
    const context = this.#canvas.getContext('2d')!
    context.scale(density, density)
    const most = Math.max(10, ...this.#samples.map(({ total = 0 }) => total))
    const scale = (clientHeight - 16) / most
    const width = clientWidth / SHOWN
    const stages = Object.entries(COLORS) as [Stage, string][]
    this.#samples.forEach((sample, i) => {
      let y = clientHeight
      for (const [stage, color] of stages) {
        const height = (sample[stage] ?? 0) * scale
        y -= height
        context.fillStyle = color
        context.fillRect(clientWidth - (this.#samples.length - i) * width, y, Math.max(width - 1, 1), height)
      }
    })
    const { color, fontFamily } = getComputedStyle(this.#canvas)
    context.fillStyle = color
    context.font = `12px ${fontFamily}`
    context.fillText(`${most.toFixed(0)} ms`, 4, 12)
  }
}

/** What the colours mean. */
export function legend(): HTMLElement[] {
  return (Object.entries(COLORS) as [Stage, string][]).map(([stage, color]) => {
    const item = document.createElement('li')
    const mark = document.createElement('span')
    mark.style.background = color
    item.append(mark, STAGE_NAMES[stage])
    return item
  })
}
