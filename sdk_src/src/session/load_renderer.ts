import { fail } from '../errors.ts'
import { reasonOf } from '../reason.ts'
import type { NailRenderer } from '../render/renderer.ts'

const FILE = 'renderer.js'

/** The renderer is a file of its own, which loads while the models do. Throws `asset-missing`. */
export async function loadRenderer(assets: string): Promise<typeof NailRenderer> {
  try {
    return (await import(new URL(FILE, assets).href)).NailRenderer
  } catch (thrown) {
    throw fail('asset-missing', { path: FILE, detail: reasonOf(thrown) }, thrown)
  }
}
