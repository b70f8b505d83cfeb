/**
 * A new version is offered, never forced: it waits, installed beside the old one, until it is accepted. Then it takes
 * over at once and the page that accepted reloads into it, once, with what was on the stage.
 */

/** An installed app on a phone may stay open for weeks: it asks when it is looked at again, but not more often. */
const ASK_AGAIN_MS = 3_600_000

/**
 * Watch for a new version.
 *
 * @param offer told when one is ready; `accept` changes to it. Called again for each newer one, and in the other windows
 *   when one window has accepted: their scripts are of the version that is gone
 * @param nextAddress where to reload to: `incoming.ts` brings back from it what was on the stage
 */
export function watchForUpdates(
  registration: ServiceWorkerRegistration,
  offer: (accept: () => Promise<void>) => void,
  nextAddress: () => Promise<string>,
): void {
  const { serviceWorker } = navigator
  let controlled = serviceWorker.controller !== null
  let accepted = false
  let next: string | null = null
  const reload = () => {
    if (next === null) return
    const address = next
    next = null // once, whatever else happens until the page is gone
    if (address === location.href) location.reload()
    else location.replace(address)
  }
  const accept = async () => {
    if (accepted) return
    accepted = true
    next = await nextAddress()
    const { waiting } = registration
    if (!waiting) return reload() // another window has accepted it before
    // Whichever comes first. iOS tells an app on the home screen of one or the other, depending on its version.
    waiting.addEventListener('statechange', () => {
      if (waiting.state === 'activated') reload()
      if (waiting.state === 'redundant') accepted = false // a newer one came between, and is offered
    })
    waiting.postMessage({ type: 'accept-update' })
  }
  const offerWaiting = () => {
    // With no active worker this is the first visit, whose worker does not wait.
    if (registration.waiting && registration.active) offer(accept)
  }
  offerWaiting()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offerWaiting)
  })
  serviceWorker.addEventListener('controllerchange', () => {
    if (accepted) reload()
    else if (controlled) offer(accept)
    controlled = true
  })
  askAgain(registration)
}

function askAgain(registration: ServiceWorkerRegistration): void {
  let asked = Date.now() // registering has asked
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - asked < ASK_AGAIN_MS) return
    asked = Date.now()
    registration.update().catch(() => {}) // offline: later
  })
}
