/**
 * The SDK's session: opened once when the page opens, so that the models are there when a picture is.
 */
import { LunulaError, NailTryOn } from 'lunula'
import { t } from './i18n.ts'
import { showDownload } from './readiness.ts'
import { forgetModels, sessionOptions } from './settings.ts'
import { say } from './status.ts'

/**
 * What the SDK says where networks, or the backend's chunk for them, are not to be had: the host has none, or cannot be asked.
 * The standard ones fail in the same way where the reason is another one.
 */
const NOT_HERE = ['manifest-invalid', 'shard-missing', 'asset-missing', 'offline-not-cached', 'backend-unavailable']

/**
 * Download what is missing, start the worker, and resolve with the session; errors are LunulaErrors.
 * Networks that were chosen earlier and cannot be had today give way to the standard ones, with a word about it.
 */
export async function openSession(): Promise<NailTryOn> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof LunulaError && NOT_HERE.includes(error.code) && forgetModels())) throw error
    console.warn(error)
    const tryOn = await open()
    say(t('setting.fallback'))
    return tryOn
  }
}

function open(): Promise<NailTryOn> {
  showDownload(0, 0)
  return NailTryOn.create({
    assets: new URL('./', document.baseURI).href,
    ...sessionOptions(),
    onProgress: ({ loaded, total }) => showDownload(loaded, total),
  })
}
