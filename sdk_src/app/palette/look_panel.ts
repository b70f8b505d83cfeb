/**
 * Whole looks: the SDK's, and those that were kept on this device, each a button with five nails.
 */
import { LOOKS, type Look, lookFromHash, lookToHash } from 'lunula'
import { element } from '../elements.ts'
import { recall, remember } from '../memory.ts'
import { FINGERS, type Wearing } from '../wearing.ts'
import { slug } from './shades.ts'
import { nail } from './tile.ts'

const list = element('looks', HTMLElement)
const nameField = element('look-name', HTMLInputElement)
const keep = element('keep-look', HTMLButtonElement)
const remove = element('remove-look', HTMLButtonElement)

export function mountLooks(wearing: Wearing): void {
  let mine = recallLooks()
  let buttons: { look: Look; button: HTMLButtonElement }[] = []

  const isWorn = (look: Look) => lookToHash(look) === lookToHash(wearing.look)
  const show = () => {
    for (const { look, button } of buttons) button.setAttribute('aria-pressed', String(isWorn(look)))
    remove.hidden = !mine.some(isWorn)
  }
  const build = () => {
    buttons = [...mine, ...LOOKS].map((look) => ({ look, button: lookButton(look, () => wearing.wear(look)) }))
    list.replaceChildren(...buttons.map(({ button }) => button))
    show()
  }
  const save = (looks: Look[]) => {
    mine = looks
    remember('looks', mine.map(lookToHash).join(' '))
    build()
  }
  keep.addEventListener('click', () => {
    const name = nameField.value.trim()
    if (!name) return nameField.focus()
    const look = { ...structuredClone(wearing.look), name }
    nameField.value = ''
    save([look, ...mine.filter((each) => each.name !== name)])
    wearing.wear(look)
    list.scrollTo({ left: 0 })
  })
  remove.addEventListener('click', () => {
    save(mine.filter((look) => !isWorn(look)))
    nameField.focus()
  })
  wearing.onChange(show)
  build()
}

function lookButton(look: Look, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  Object.assign(button, { type: 'button', className: 'tile look' })
  button.dataset.testid = `look-${slug(look.name ?? '')}`
  const hand = document.createElement('span')
  hand.className = 'hand'
  hand.setAttribute('aria-hidden', 'true')
  hand.append(...FINGERS.map((finger) => nail({ ...look.polish, ...look.fingers?.[finger] })))
  const name = document.createElement('span')
  name.textContent = look.name ?? ''
  button.append(hand, name)
  button.addEventListener('click', onClick)
  return button
}

function recallLooks(): Look[] {
  const hashes = (recall('looks') ?? '').split(' ').filter(Boolean)
  return hashes.flatMap((hash) => {
    try {
      return [lookFromHash(hash)]
    } catch {
      return [] // of another version
    }
  })
}
