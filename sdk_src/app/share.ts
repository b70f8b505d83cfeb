/**
 * Save and share: PNG, JPEG, the system's share sheet where it takes files, and a link to the look.
 */
import { type Look, lookToHash } from 'lunula'
import { mountDialog } from './dialog.ts'
import { element } from './elements.ts'
import { isAborted } from './errors.ts'
import { t } from './i18n.ts'
import { download, type PictureType } from './save.ts'
import { say } from './status.ts'

export interface ShareParts {
  /** The painted picture. */
  readonly picture: (type: PictureType) => Promise<File>
  readonly look: () => Look
  readonly fail: (error: unknown) => void
}

const pictureButton = element('share-picture', HTMLButtonElement)
const linkField = element('share-link-field', HTMLElement)
const linkText = element('share-link-text', HTMLInputElement)

export function mountShare({ picture, look, fail }: ShareParts): void {
  const dialog = mountDialog('share', () => {
    pictureButton.hidden = !sharesFiles()
    linkField.hidden = true
  })
  const act = (id: string, action: () => Promise<unknown>, stays = false) => {
    element(id, HTMLButtonElement).addEventListener('click', () => {
      if (!stays) dialog.close()
      action().catch((error) => {
        if (!isAborted(error)) fail(error) // the person closed the share sheet: that is an answer, too
      })
    })
  }
  act('save-button', async () => download(await picture('image/png')))
  act('share-png', async () => download(await picture('image/png')))
  act('share-jpeg', async () => download(await picture('image/jpeg')))
  act('share-picture', async () => {
    const file = await picture('image/jpeg')
    await navigator.share({ files: [file], title: document.title })
  })
  act(
    'share-link',
    async () => {
      const link = linkTo(look())
      try {
        await navigator.clipboard.writeText(link)
        dialog.close()
        say(t('share.copied'))
      } catch {
        // No clipboard here: the link is shown, to be copied by hand.
        linkField.hidden = false
        element('share-link-words', HTMLElement).textContent = t('share.link-here')
        linkText.value = link
        linkText.select()
      }
    },
    true,
  )
}

/** This page with a look in its hash; no server is involved. */
export function linkTo(look: Look): string {
  const url = new URL('./', document.baseURI)
  url.hash = lookToHash(look)
  return url.href
}

function sharesFiles(): boolean {
  const probe = new File([new Uint8Array(1)], 'probe.jpg', { type: 'image/jpeg' })
  return navigator.canShare?.({ files: [probe] }) ?? false
}
