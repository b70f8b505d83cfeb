import { fail } from '../errors.ts'
import { reasonOf } from '../reason.ts'
import type { PaintWithPixels } from '../render/canvas_renderer.ts'
import type { NailRenderer } from '../render/renderer.ts'

/** The renderer is a file of its own, which loads while the models do. Throws `asset-missing`. */
export async function loadRenderer(assets: string): Promise<typeof NailRenderer> {
  return (await load('renderer.js', assets)).NailRenderer
}

/** What paints without WebGL; few pages ever need it. Throws `asset-missing`. */
export async function loadPixelPainter(assets: string): Promise<PaintWithPixels> {
  return (await load('canvas_renderer.js', assets)).paintWithPixels
}

async function load(path: string, assets: string) {
  try {
    return await import(new URL(path, assets).href)
  } catch (thrown) {
    throw fail('asset-missing', { path, detail: reasonOf(thrown) }, thrown)
  }
}
