/**
 * The service worker, seen from the page: registration, the offer of a new version, and whether the shell is stored.
 */
import { element } from './elements.ts'

/** True once the shell is stored whole; false where service workers are missing or storing failed. */
export async function keepShell(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false // an insecure address, or a browser that forbids it
  try {
    const registration = await navigator.serviceWorker.register('sw.js', { updateViaCache: 'none' })
    offerUpdates(registration)
    // `ready` never settles when the first installation fails, so watch that worker too.
    const worker = await Promise.race([
      navigator.serviceWorker.ready.then((ready) => ready.active),
      firstInstallFailed(registration),
    ])
    return worker ? await shellIsComplete(worker) : false
  } catch {
    return false
  }
}

function firstInstallFailed(registration: ServiceWorkerRegistration): Promise<null> {
  return new Promise((resolve) => {
    const worker = registration.active ? null : registration.installing
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'redundant') resolve(null)
    })
  })
}

function shellIsComplete(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event: MessageEvent<{ complete: boolean }>) => resolve(event.data.complete)
    worker.postMessage({ type: 'check-shell' }, [port2])
  })
}

/** A new version waits until it is accepted; then the page that accepted it reloads into it. */
function offerUpdates(registration: ServiceWorkerRegistration): void {
  const notice = element('update', HTMLElement)
  let accepted = false
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) notice.hidden = false
  }
  offer()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer)
  })
  element('update-accept', HTMLButtonElement).addEventListener('click', () => {
    accepted = true
    notice.hidden = true
    registration.waiting?.postMessage({ type: 'accept-update' })
  })
  element('update-later', HTMLButtonElement).addEventListener('click', () => {
    notice.hidden = true
  })
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (accepted) location.reload()
  })
}
