/**
 * The sample hands of the first screen, for people without a hand free or a camera.
 */
import { t } from './i18n.ts'

/** @param onPhoto called with the sample's file; @param onFailure when it could not be read (offline, not stored) */
export function listenForSamples(onPhoto: (file: Blob) => void, onFailure: (error: unknown) => void): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-sample]')) {
    button.addEventListener('click', () => fetchSample(button.dataset.sample ?? '').then(onPhoto, onFailure))
  }
}

async function fetchSample(path: string): Promise<Blob> {
  const response = await fetch(path).catch(() => null)
  if (!response?.ok) throw new Error(t('error.sample'))
  return response.blob()
}
