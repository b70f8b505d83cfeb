import { NailRenderer } from '../../../sdk_src/src/render/renderer.ts'
import type { Nail, Polish } from '../../../sdk_src/src/types.ts'

/** Paints nails on a picture; gives the RGB of the result as base64. */
async function paint(source: string, nails: Nail[], polish: Required<Polish>, webgl: boolean) {
  const image = new Image()
  image.src = source
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), {
    width: image.naturalWidth,
    height: image.naturalHeight,
  })
  const context = canvas.getContext('2d')!
  context.drawImage(image, 0, 0)
  for (const nail of nails) nail.mask.data = new Uint8Array(nail.mask.data)
  const renderer = new NailRenderer(webgl)
  renderer.paint(context, nails, polish)
  renderer.close()
  return canvas.toDataURL()
}

Object.assign(window, { paint })
