/**
 * The painted picture as a file, at its full resolution, and on its way: to the downloads, or to the share sheet.
 */
import { t } from './i18n.ts'

export type PictureType = 'image/png' | 'image/jpeg'

const ENDINGS: Record<PictureType, string> = { 'image/png': 'png', 'image/jpeg': 'jpg' }
const JPEG_QUALITY = 0.92

/**
 * @param canvas at the picture's own size, as the SDK paints it
 * @param mirrored whether it is seen in a mirror: people save what they see
 * @param name of the file, without its ending
 */
export async function pictureFile(
  canvas: HTMLCanvasElement,
  mirrored: boolean,
  name: string,
  type: PictureType,
): Promise<File> {
  const source = mirrored ? mirrorOf(canvas) : canvas
  const blob = await new Promise<Blob | null>((resolve) => source.toBlob(resolve, type, JPEG_QUALITY))
  if (!blob) throw new Error(t('error.save'))
  return new File([blob], `${name}.${ENDINGS[type]}`, { type })
}

export function download(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  // The download has begun by then; revoking at once cancels it in Safari.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function mirrorOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement('canvas')
  Object.assign(copy, { width: canvas.width, height: canvas.height })
  const context = copy.getContext('2d')
  context?.setTransform(-1, 0, 0, 1, canvas.width, 0)
  context?.drawImage(canvas, 0, 0)
  return copy
}
