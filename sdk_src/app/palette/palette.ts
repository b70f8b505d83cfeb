/**
 * The palette sheet: five panels that change what is worn, and the line that tells what that is.
 */
import { element } from '../elements.ts'
import { named, onLanguage, t } from '../i18n.ts'
import type { Wearing } from '../wearing.ts'
import { mountColors } from './color_panel.ts'
import { mountFingers } from './finger_panel.ts'
import { mountFinishes } from './finish_panel.ts'
import { mountLooks } from './look_panel.ts'
import { inkOn, shadeOf } from './shades.ts'
import { mountShapes } from './shape_panel.ts'
import { mountTabs } from './tabs.ts'

const form = element('palette', HTMLFormElement)
const shadeName = element('shade-name', HTMLElement)
const finishName = element('finish-name', HTMLElement)

/** @param onPattern given a picture for the finish `pattern`; resolves when it can be painted */
export function mountPalette(wearing: Wearing, onPattern: (picture: Blob) => Promise<void>): void {
  form.addEventListener('submit', (event) => event.preventDefault())
  const tabs = form.querySelector('[role="tablist"]')
  if (tabs) mountTabs(tabs)
  mountColors(wearing)
  mountFinishes(wearing, onPattern)
  mountShapes(wearing)
  mountFingers(wearing)
  mountLooks(wearing)
  const show = () => {
    const { style, dataset } = document.documentElement
    const { color, finish } = wearing.polish
    style.setProperty('--shade', color)
    style.setProperty('--on-shade', inkOn(color))
    dataset.finish = finish
    shadeName.textContent = lookName(wearing)
    finishName.textContent = named('finish', finish)
  }
  wearing.onChange(show)
  onLanguage(show)
  show()
}

/** What people call what is worn: the look's name, the shade's, or that it is one of their own. */
export function lookName(wearing: Wearing): string {
  const { look, finger, polish } = wearing
  return (!finger && look.name) || shadeOf(polish.color)?.name || t('shade.custom')
}
