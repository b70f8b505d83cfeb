import { LunulaError } from 'lunula'

/** A photo from its address. Throws `image-unusable` or `aborted`. */
export async function fetchPhoto(address: string, signal: AbortSignal): Promise<Blob> {
  let detail: string
  try {
    const response = await fetch(new URL(address, document.baseURI), { signal })
    if (response.ok) return await response.blob()
    detail = `the server answers ${response.status}`
  } catch (thrown) {
    if (signal.aborted) throw new LunulaError('aborted', 'Stopped, as asked.', { cause: thrown })
    detail = thrown instanceof Error ? thrown.message : String(thrown)
  }
  throw new LunulaError('image-unusable', `The photo could not be loaded (${address}: ${detail}). Check its address.`)
}
