/**
 * Installing: the browser's own prompt where it hands one out (Chromium), a word about the share sheet on iOS, where a
 * page cannot ask. Elsewhere, and in the installed app, nothing.
 */
export type InstallWay = 'prompt' | 'share-sheet'

/** Chromium's event; not in TypeScript's library. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

let prompt: BeforeInstallPromptEvent | null = null

/**
 * Watch whether the app can be installed.
 *
 * @param offer called with the way as soon as there is one, with null when it is gone
 * @param onInstalled called when the person has installed it
 */
export function watchInstall(offer: (way: InstallWay | null) => void, onInstalled: () => void): void {
  if (isInstalled()) return
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault() // else Chromium shows a bar of its own over the palette
    prompt = event as BeforeInstallPromptEvent
    offer('prompt')
  })
  window.addEventListener('appinstalled', () => {
    prompt = null
    offer(null)
    onInstalled()
  })
  if (hasShareSheetOnly()) offer('share-sheet')
}

/** Show the browser's prompt, in answer to a touch. True when the person said yes. */
export async function install(): Promise<boolean> {
  const event = prompt
  if (!event) return false
  prompt = null // an event prompts once; another comes if the answer was no
  return (await event.prompt()).outcome === 'accepted'
}

/** Opened from the home screen or as a window of its own. */
export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches || standalone() === true
}

/** iOS and iPadOS only: they have `navigator.standalone`, and no prompt. */
function hasShareSheetOnly(): boolean {
  return standalone() === false && navigator.maxTouchPoints > 0
}

function standalone(): boolean | undefined {
  return (navigator as { standalone?: boolean }).standalone
}
