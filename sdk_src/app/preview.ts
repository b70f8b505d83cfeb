/**
 * The picture as it was given, shown at once below the canvas while the nails are being looked for. The canvas
 * fades in over it, so the polish appears on the nails of a picture that is already there.
 */
import { element } from './elements.ts'

/** Larger pictures are not decoded a second time just to be looked at while waiting: 24 megapixels are 96 MB. */
const MAX_PIXELS = 24e6

const original = element('original', HTMLImageElement)
const backdrop = element('backdrop', HTMLImageElement)

export interface Preview {
  readonly url: string
}

/** Read a file as a picture; null when the browser cannot, or should not. The caller disposes of it. */
export async function loadPreview(file: Blob): Promise<Preview | null> {
  const url = URL.createObjectURL(file)
  const image = new Image()
  const known = await new Promise<boolean>((resolve) => {
    image.onload = () => resolve(true)
    image.onerror = () => resolve(false)
    image.src = url
  })
  if (known && image.naturalWidth * image.naturalHeight <= MAX_PIXELS) return { url }
  URL.revokeObjectURL(url)
  return null
}

export function showPreview(preview: Preview | null): void {
  for (const image of [original, backdrop]) {
    image.hidden = preview === null
    if (preview) image.src = preview.url
    else image.removeAttribute('src')
  }
}

export function disposePreview(preview: Preview | null): void {
  if (preview) URL.revokeObjectURL(preview.url)
}
