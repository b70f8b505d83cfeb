/**
 * Save the painted picture as a PNG, at its full resolution.
 */

/** @param name of the file, without its ending */
export async function savePicture(canvas: HTMLCanvasElement, name: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('The picture could not be saved: it is too large for this browser.')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${name}.png`
  link.click()
  // The download has begun by then; revoking at once cancels it in Safari.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
