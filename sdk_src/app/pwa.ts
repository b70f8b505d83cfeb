/**
 * What makes the page an app: kept for offline use, updated when the person agrees, installed, its storage shown and
 * deleted, opened by the system with a photo or a wish. The rules are in the modules named below; here is their furniture.
 */
import { askToPersist, clearStorage, storageUse } from './device_storage.ts'
import { element } from './elements.ts'
import { leave } from './handover.ts'
import { decimal, onLanguage, t } from './i18n.ts'
import { listenForWishes, type Wishes } from './incoming.ts'
import { type InstallWay, install, watchInstall } from './install.ts'
import { registerShell, shellIsKept } from './offline.ts'
import { forgetReadyOffline } from './readiness.ts'
import { watchForUpdates } from './update.ts'

export interface Stage {
  /** The photo that is shown, as it was given. */
  readonly photo: Blob | null
  readonly camera: boolean
}

export interface Pwa {
  /** True once the shell is stored whole. */
  readonly shell: Promise<boolean>
  /** To be told when nails were painted: the moment to ask that the models stay. */
  painted(): void
  /** To be told when the models are there: the storage's figure is new. */
  stored(): void
}

/**
 * Register the service worker and put the notices to work.
 *
 * @param wishes what the system may ask for
 * @param stage what an update's reload has to bring back
 */
export function mountPwa(wishes: Wishes, stage: () => Stage): Pwa {
  listenForWishes(wishes)
  mountInstall()
  mountStorage()
  const registered = registerShell()
  registered.then((registration) => {
    if (registration) mountUpdates(registration, stage)
  })
  return {
    shell: registered.then(shellIsKept),
    painted: askToPersist,
    stored: showStorage,
  }
}

function mountUpdates(registration: ServiceWorkerRegistration, stage: () => Stage): void {
  const notice = element('update', HTMLElement)
  let accept = async () => {}
  const offer = (toAccept: () => Promise<void>) => {
    accept = toAccept
    notice.hidden = false
  }
  element('update-accept', HTMLButtonElement).addEventListener('click', () => {
    notice.hidden = true
    void accept()
  })
  element('update-later', HTMLButtonElement).addEventListener('click', () => {
    notice.hidden = true
  })
  watchForUpdates(registration, offer, () => addressOf(stage()))
}

/** The address that brings a stage back; the look is in its hash, or remembered. */
async function addressOf({ photo, camera }: Stage): Promise<string> {
  const url = new URL(location.href)
  const key = photo && (await leave(photo))
  if (key) url.searchParams.set('handover', key)
  else if (camera) url.searchParams.set('start', 'camera')
  return url.href
}

function mountInstall(): void {
  const button = element('install-button', HTMLButtonElement)
  const hint = element('install-hint', HTMLElement)
  const offer = (way: InstallWay | null) => {
    button.hidden = way !== 'prompt'
    hint.hidden = way !== 'share-sheet'
  }
  button.addEventListener('click', () => {
    button.hidden = true
    void install()
  })
  watchInstall(offer, askToPersist)
}

function mountStorage(): void {
  onLanguage(() => void showStorage())
  const notice = element('clear', HTMLElement)
  element('storage-clear', HTMLButtonElement).addEventListener('click', () => {
    notice.hidden = false
    element('clear-accept', HTMLButtonElement).focus()
  })
  const close = () => {
    notice.hidden = true
    element('storage-clear', HTMLButtonElement).focus()
  }
  element('clear-later', HTMLButtonElement).addEventListener('click', close)
  element('clear-accept', HTMLButtonElement).addEventListener('click', async () => {
    close()
    forgetReadyOffline()
    await clearStorage()
    await showStorage()
    element('storage-done', HTMLElement).textContent = t('clear.done')
  })
}

async function showStorage(): Promise<void> {
  const use = await storageUse()
  element('storage', HTMLElement).hidden = use === null
  if (use) element('storage-used', HTMLElement).textContent = t('storage.used', { mb: decimal(use.used / 1e6) })
}
