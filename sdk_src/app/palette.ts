/**
 * The palette sheet: swatches by family and the three finishes, as native radio buttons (arrow keys and
 * screen readers know them). The last choice is remembered on this device.
 */
import type { Polish } from 'lunula'
import { element } from './elements.ts'
import { recall, remember } from './memory.ts'
import { FAMILIES, inkOn, SHADES, type Shade, slug } from './shades.ts'

const FINISHES = ['gloss', 'cream', 'matte'] as const

export type Finish = (typeof FINISHES)[number]

export interface Choice {
  readonly shade: Shade
  readonly finish: Finish
}

export class Palette {
  readonly #form = element('palette', HTMLFormElement)
  readonly #name = element('shade-name', HTMLElement)
  #choice: Choice

  /** @param onChange called after each choice of a shade or a finish, never during construction */
  constructor(onChange: (choice: Choice) => void) {
    this.#choice = {
      shade: SHADES.find((shade) => slug(shade.name) === recall('shade')) ?? (SHADES[0] as Shade),
      finish: FINISHES.find((finish) => finish === recall('finish')) ?? 'gloss',
    }
    this.#build()
    this.#show()
    this.#form.addEventListener('submit', (event) => event.preventDefault())
    this.#form.addEventListener('change', () => {
      const chosen = new FormData(this.#form)
      this.#choice = {
        shade: SHADES.find((shade) => slug(shade.name) === chosen.get('shade')) ?? this.#choice.shade,
        finish: FINISHES.find((finish) => finish === chosen.get('finish')) ?? this.#choice.finish,
      }
      remember('shade', slug(this.#choice.shade.name))
      remember('finish', this.#choice.finish)
      this.#show()
      onChange(this.#choice)
    })
  }

  get choice(): Choice {
    return this.#choice
  }

  get polish(): Polish {
    return { color: this.#choice.shade.color, finish: this.#choice.finish }
  }

  #build(): void {
    const families = element('families', HTMLElement)
    for (const family of FAMILIES) {
      const group = document.createElement('fieldset')
      group.className = 'family'
      const legend = document.createElement('legend')
      legend.textContent = family.name
      group.append(legend, ...family.shades.map((shade) => this.#swatch(shade)))
      families.append(group)
    }
    element('finishes', HTMLElement).append(...FINISHES.map((finish) => this.#finish(finish)))
    // The remembered shade may lie beyond the edge of a phone's row of swatches.
    this.#form.querySelector('.swatch:checked')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }

  #swatch(shade: Shade): HTMLInputElement {
    const input = document.createElement('input')
    input.type = 'radio'
    input.name = 'shade'
    input.className = 'swatch'
    input.value = slug(shade.name)
    input.title = shade.name
    input.setAttribute('aria-label', shade.name)
    input.dataset.testid = `swatch-${slug(shade.name)}`
    input.style.setProperty('--swatch', shade.color)
    input.checked = shade === this.#choice.shade
    return input
  }

  #finish(finish: Finish): HTMLLabelElement {
    const label = document.createElement('label')
    const input = document.createElement('input')
    input.type = 'radio'
    input.name = 'finish'
    input.value = finish
    input.dataset.testid = `finish-${finish}`
    input.checked = finish === this.#choice.finish
    const name = document.createElement('span')
    name.textContent = finish.charAt(0).toUpperCase() + finish.slice(1)
    label.append(input, name)
    return label
  }

  #show(): void {
    const { shade, finish } = this.#choice
    const { style, dataset } = document.documentElement
    style.setProperty('--shade', shade.color)
    style.setProperty('--on-shade', inkOn(shade.color))
    dataset.finish = finish
    this.#name.textContent = shade.name
  }
}
