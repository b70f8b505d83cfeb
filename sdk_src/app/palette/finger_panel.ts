/**
 * Which nail is being chosen for: all of them, or one finger's.
 */
import type { LookFinger } from 'lunula'
import { element } from '../elements.ts'
import { type MessageKey, named, onLanguage } from '../i18n.ts'
import { FINGERS, type Wearing } from '../wearing.ts'
import { check, dress, nail, onChoice, radioTile } from './tile.ts'

const group = element('fingers', HTMLElement)
const likeAll = element('like-all', HTMLButtonElement)
const chip = element('finger-chip', HTMLButtonElement)
const chipName = element('finger-chip-name', HTMLElement)

export function mountFingers(wearing: Wearing): void {
  const nails = (['all', ...FINGERS] as const).map((finger) => ({ finger, drop: nail() }))
  group.append(...nails.map(({ finger, drop }) => radioTile('finger', finger, `finger.${finger}` as MessageKey, drop)))
  onChoice(group, (finger) => wearing.point(finger === 'all' ? null : (finger as LookFinger)))
  likeAll.addEventListener('click', () => wearing.likeTheOthers())
  chip.addEventListener('click', () => {
    wearing.point(null)
    element('favourite-button', HTMLButtonElement).focus() // the chip is gone, the focus must not be
  })
  const show = () => {
    const { finger, look } = wearing
    for (const { finger: each, drop } of nails) dress(drop, wearing.polishOf(each === 'all' ? null : each))
    check(group, finger ?? 'all')
    likeAll.hidden = !finger || look.fingers?.[finger] === undefined
    chip.hidden = finger === null
    chipName.textContent = finger ? named('finger', finger) : ''
  }
  wearing.onChange(show)
  onLanguage(show)
  show()
}
