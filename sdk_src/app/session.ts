/**
 * The SDK's session: opened once when the page opens, so that the models are there when a picture is.
 */
import { type CreateOptions, NailTryOn } from 'lunula'
import { showDownload } from './readiness.ts'

/** Download what is missing, start the worker, and resolve with the session; errors are LunulaErrors. */
export function openSession(): Promise<NailTryOn> {
  showDownload(0, 0)
  return NailTryOn.create({
    assets: new URL('./', document.baseURI).href,
    ...optionsFromAddress(),
    onProgress: ({ loaded, total }) => showDownload(loaded, total),
  })
}

/** `?backend=wasm&precision=uint8` in the address, for comparing; the SDK refuses wrong values by name. */
function optionsFromAddress(): Partial<CreateOptions> {
  const wanted = new URLSearchParams(location.search)
  const options: Record<string, string> = {}
  for (const key of ['backend', 'precision']) {
    const value = wanted.get(key)
    if (value) options[key] = value
  }
  return options
}
