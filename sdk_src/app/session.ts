/**
 * The SDK's session: opened once when the page opens, so that the models are there when a picture is.
 */
import { NailTryOn } from 'lunula'
import { showDownload } from './readiness.ts'
import { sessionOptions } from './settings.ts'

/** Download what is missing, start the worker, and resolve with the session; errors are LunulaErrors. */
export function openSession(): Promise<NailTryOn> {
  showDownload(0, 0)
  return NailTryOn.create({
    assets: new URL('./', document.baseURI).href,
    ...sessionOptions(),
    onProgress: ({ loaded, total }) => showDownload(loaded, total),
  })
}
