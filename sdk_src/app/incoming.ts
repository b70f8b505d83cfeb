/**
 * What the system asks the app for: a photo from the share sheet or opened as a file, or a shortcut of the app's icon.
 *
 * | address | from | wish |
 * | --- | --- | --- |
 * | `?handover=KEY` | share sheet (templates/sw.js.j2) | paint that photo |
 * | `?start=camera`, `?start=photo` | shortcut (templates/manifest.webmanifest.j2) | open the camera; offer the photo dialog |
 * | `?look=NAME` | shortcut | wear that look of the SDK's {@link LOOKS} |
 * | launchQueue with files | file handler | paint the first |
 */
import { LOOKS, type Look } from 'lunula'
import { take } from './handover.ts'

export interface Wishes {
  readonly photo: (file: Blob) => void
  /** Shared, but it did not arrive: nothing in it, or no room to keep it. */
  readonly photoLost: () => void
  readonly camera: () => void
  /** A dialog needs a touch, so that a page just opened can only offer it. */
  readonly choosePhoto: () => void
  readonly look: (look: Look) => void
}

/** Chromium's `window.launchQueue`; not in TypeScript's library yet. */
interface LaunchQueue {
  setConsumer(consumer: (launch: { targetURL?: string; files?: readonly FileSystemFileHandle[] }) => void): void
}

/** Fulfil what this page was opened with, and what comes while it is open. */
export function listenForWishes(wishes: Wishes): void {
  const opened = location.href
  void follow(new URL(opened), wishes)
  history.replaceState(history.state, '', withoutWishes(opened))
  const queue = (window as { launchQueue?: LaunchQueue }).launchQueue
  let first = true
  queue?.setConsumer(({ targetURL, files = [] }) => {
    const [handle] = files
    // The first launch is the one that opened this page: its address is followed already.
    if (handle) handle.getFile().then(wishes.photo, wishes.photoLost)
    else if (targetURL && !(first && targetURL === opened)) void follow(new URL(targetURL), wishes)
    first = false
  })
}

async function follow({ searchParams }: URL, wishes: Wishes): Promise<void> {
  const name = searchParams.get('look')?.toLowerCase()
  const look = LOOKS.find((each) => each.name?.toLowerCase() === name)
  if (look) wishes.look(look)
  const start = searchParams.get('start')
  if (start === 'camera') wishes.camera()
  if (start === 'photo') wishes.choosePhoto()
  const key = searchParams.get('handover')
  if (key === null) return
  const photo = await take(key)
  if (photo) wishes.photo(photo)
  else wishes.photoLost()
}

/** The address after its wish is fulfilled: a reload must not ask for the same again. */
function withoutWishes(href: string): string {
  const url = new URL(href)
  for (const name of ['handover', 'start', 'look']) url.searchParams.delete(name)
  return url.href
}
