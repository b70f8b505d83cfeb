import { invalid } from '../options.ts'
import type { Extent } from '../pipeline/extent.ts'
import type { Context2D } from '../render/renderer.ts'

/** The canvas's 2D context. Throws `option-invalid` when it has another kind of context, or is no canvas. */
export function contextOf(canvas: HTMLCanvasElement | OffscreenCanvas): Context2D {
  const is = (type: typeof HTMLCanvasElement | typeof OffscreenCanvas | undefined) => type && canvas instanceof type
  if (!is(HTMLCanvasElement) && !is(globalThis.OffscreenCanvas)) throw invalid('canvas', canvas, 'a canvas')
  const context = canvas.getContext('2d') as Context2D | null
  if (!context) throw invalid('canvas', 'a canvas with another context', 'one with a 2D context or none yet')
  return context
}

/** Draws a picture as the whole canvas. */
export function drawWhole(context: Context2D, picture: CanvasImageSource, { width, height }: Extent): void {
  const { canvas } = context
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  else context.clearRect(0, 0, width, height) // a transparent picture must not show the one before
  context.drawImage(picture, 0, 0, width, height)
}
