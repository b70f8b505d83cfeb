/**
 * Before and after: a button to hold, and a border to draw across the picture.
 */
import { element } from './elements.ts'

const root = document.documentElement
const hold = element('compare-button', HTMLButtonElement)
const slider = element('slider-button', HTMLButtonElement)
const split = element('split', HTMLInputElement)

export function mountCompare(): void {
  mountHold()
  slider.setAttribute('aria-pressed', 'false')
  slider.addEventListener('click', () => {
    showSplit(!root.hasAttribute('data-split'))
    if (root.hasAttribute('data-split')) split.focus()
  })
  split.addEventListener('input', place)
}

/** Back to the painted picture alone. */
export function endCompare(): void {
  showBare(false)
  showSplit(false)
}

/** Bare nails as long as the button is held; assistive technology, which cannot hold, switches them. */
function mountHold(): void {
  showBare(false)
  hold.addEventListener('pointerdown', (event) => {
    hold.setPointerCapture(event.pointerId)
    showBare(true)
  })
  for (const type of ['pointerup', 'pointercancel', 'blur', 'keyup']) hold.addEventListener(type, () => showBare(false))
  hold.addEventListener('keydown', (event) => {
    if (event.key !== ' ' && event.key !== 'Enter') return
    event.preventDefault()
    showBare(true)
  })
  hold.addEventListener('click', (event) => {
    const pressed = (event as PointerEvent).pointerType !== undefined && event.detail > 0
    if (!pressed) showBare(!root.hasAttribute('data-bare'))
  })
  hold.addEventListener('contextmenu', (event) => event.preventDefault()) // a long press is our gesture here
}

function showBare(bare: boolean): void {
  root.toggleAttribute('data-bare', bare)
  hold.setAttribute('aria-pressed', String(bare))
}

function showSplit(shown: boolean): void {
  split.hidden = !shown
  slider.setAttribute('aria-pressed', String(shown))
  root.toggleAttribute('data-split', shown)
  if (!shown) split.value = '50'
  place()
}

function place(): void {
  element('picture', HTMLElement).style.setProperty('--split', String(Number(split.value) / 100))
}
