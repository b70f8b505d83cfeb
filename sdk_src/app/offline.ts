/**
 * The service worker, seen from the page: registration, and whether the shell is stored.
 */

/** Register the service worker; null where there is none: an insecure address, or a browser that forbids it. */
export async function registerShell(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  return navigator.serviceWorker.register('sw.js', { updateViaCache: 'none' }).catch(() => null)
}

/** True once the shell is stored whole; false where service workers are missing or storing failed. */
export async function shellIsKept(registration: ServiceWorkerRegistration | null): Promise<boolean> {
  if (!registration) return false
  // `ready` never settles when the first installation fails, so watch that worker too.
  const worker = await Promise.race([
    navigator.serviceWorker.ready.then((ready) => ready.active),
    firstInstallFailed(registration),
  ])
  return worker ? shellIsComplete(worker) : false
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
