import { loadChunk } from '../worker/chunks.ts'

type Digest = typeof import('./digest_in_js.ts')

/**
 * SHA-256 in hexadecimal. `crypto.subtle` exists on https and localhost only; elsewhere JavaScript computes it, from a
 * file of its own. Throws `asset-missing`.
 */
export async function sha256(data: ArrayBuffer, inJs: () => Promise<Digest> = loadInJs): Promise<string> {
  const subtle = globalThis.crypto?.subtle
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', data))
    : (await inJs()).digestInJs(new Uint8Array(data))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function loadInJs(): Promise<Digest> {
  return loadChunk('digest.js', import.meta.url)
}
