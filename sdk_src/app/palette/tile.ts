/**
 * A choice that shows a nail: a native radio button with a drop of polish and its name.
 */
import type { Polish } from 'lunula'
import { type MessageKey, t } from '../i18n.ts'

/** A nail in a polish, drawn by styles/nail.css. */
export function nail(polish: Partial<Polish> = {}): HTMLSpanElement {
  const drop = document.createElement('span')
  drop.className = 'nail'
  drop.setAttribute('aria-hidden', 'true')
  dress(drop, polish)
  return drop
}

/** Show another polish on a nail; what is not given is inherited from around it. */
export function dress(drop: HTMLElement, { color, finish, accent, shape }: Partial<Polish>): void {
  set(drop, '--swatch', color)
  set(drop, '--accent', accent)
  if (finish) drop.dataset.finish = finish
  if (shape) drop.dataset.shape = shape
}

/** @param key message of its name */
export function radioTile(group: string, value: string, key: MessageKey, drop: HTMLElement): HTMLLabelElement {
  const label = document.createElement('label')
  label.className = 'tile'
  const input = document.createElement('input')
  Object.assign(input, { type: 'radio', name: group, value })
  input.dataset.testid = `${group}-${value}`
  const name = document.createElement('span')
  name.dataset.i18n = key
  name.textContent = t(key)
  label.append(input, drop, name)
  return label
}

/** Check the radio button of a value, and no other where there is none. */
export function check(group: HTMLElement, value: string): void {
  for (const input of group.querySelectorAll('input')) input.checked = input.value === value
}

/** @param onChoice told the value of a radio button of the group */
export function onChoice(group: HTMLElement, onChoice: (value: string) => void): void {
  group.addEventListener('change', (event) => onChoice((event.target as HTMLInputElement).value))
}

function set({ style }: HTMLElement, name: string, value: string | undefined): void {
  if (value) style.setProperty(name, value)
  else style.removeProperty(name)
}
