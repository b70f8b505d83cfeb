import { resolveLook } from '../../../sdk_src/src/look/look.ts'
import { paintWithPixels } from '../../../sdk_src/src/render/canvas_renderer.ts'
import * as finishes from '../../../sdk_src/src/render/finishes_chunk.ts'
import { NailRenderer } from '../../../sdk_src/src/render/renderer.ts'
import { spaceOf } from '../../../sdk_src/src/render/space.ts'
import type { Look, Nail } from '../../../sdk_src/src/types.ts'

const renderers = new Map<boolean, NailRenderer>()

/** One a kind for the whole page: a context takes longer to make than a picture to paint. */
function rendererOf(webgl: boolean): NailRenderer {
  const loaders = { pixelPainter: async () => paintWithPixels, finishes: async () => finishes }
  const renderer = renderers.get(webgl) ?? new NailRenderer(loaders, webgl, () => {}, spaceOf)
  renderers.set(webgl, renderer)
  return renderer
}

async function drawn(source: string): Promise<CanvasRenderingContext2D> {
  const image = new Image()
  image.src = source
  await image.decode()
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight })
  const context = canvas.getContext('2d')!
  context.drawImage(image, 0, 0)
  return context
}

/** Paints nails on a picture; gives the RGB of the result as base64. */
async function paint(source: string, nails: Nail[], look: Look, webgl: boolean): Promise<string> {
  const context = await drawn(source)
  for (const nail of nails) nail.mask.data = new Uint8Array(nail.mask.data)
  const renderer = rendererOf(webgl)
  await renderer.prepare(resolveLook(look))
  if (!renderer.paint(context, nails, resolveLook(look))) {
    await renderer.ready()
    renderer.paint(context, nails, resolveLook(look))
  }
  return context.canvas.toDataURL()
}

/** A picture of one colour becomes the pattern `name`. */
async function addPattern(name: string, source: string): Promise<void> {
  await rendererOf(true).addPattern(name, (await drawn(source)).canvas)
}

/** Names of the WebGL calls that painting makes. */
async function callsOf(source: string, nails: Nail[], look: Look): Promise<string[]> {
  const calls: string[] = []
  const prototype = WebGL2RenderingContext.prototype as unknown as Record<string, unknown>
  const own = Object.getOwnPropertyNames(prototype).filter(
    (name) => typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function',
  )
  const kept = own.map((name) => [name, prototype[name]] as const)
  for (const [name, call] of kept) {
    prototype[name] = function (...given: unknown[]) {
      calls.push(name)
      return (call as (...given: unknown[]) => unknown).apply(this, given)
    }
  }
  await paint(source, nails, look, true)
  for (const [name, call] of kept) prototype[name] = call
  return calls
}

/** Loses the graphics context, paints at once, and again when it may be back: both pictures. */
async function paintThroughLoss(source: string, nails: Nail[], look: Look, waitMs: number): Promise<string[]> {
  const contexts: WebGL2RenderingContext[] = []
  const original = HTMLCanvasElement.prototype.getContext
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...given: unknown[]) {
    const context = Reflect.apply(original, this, given)
    if (context instanceof WebGL2RenderingContext) contexts.push(context)
    return context
  } as typeof original
  renderers.get(true)?.close()
  renderers.delete(true)
  await paint(source, nails, look, true)
  contexts.at(-1)!.getExtension('WEBGL_lose_context')!.loseContext()
  const during = await paint(source, nails, look, true)
  await new Promise((resolve) => setTimeout(resolve, waitMs))
  const after = await paint(source, nails, look, true)
  HTMLCanvasElement.prototype.getContext = original
  return [during, after, String(contexts.length)]
}

Object.assign(window, { paint, addPattern, callsOf, paintThroughLoss })
