/**
 * Colours: every shade as a native radio button, families to filter by, favourites, those used last, and a search.
 */
import { element } from '../elements.ts'
import { type MessageKey, named, onLanguage, t } from '../i18n.ts'
import type { Wearing } from '../wearing.ts'
import { Kept } from './kept.ts'
import { FAMILIES, SHADES, type Shade, shadeOf, slug } from './shades.ts'

const families = element('families', HTMLElement)
const filters = element('filters', HTMLElement)
const search = element('search', HTMLInputElement)
const heart = element('favourite-button', HTMLButtonElement)
const empty = element('no-shades', HTMLElement)

export function mountColors(wearing: Wearing): void {
  const favourites = new Kept('favourites')
  const recent = new Kept('recent')
  const swatches = new Map(SHADES.map((shade) => [shade, swatch(shade)]))
  let filter = 'all'
  /** The finish that the person chose, before a shade brought its own. */
  let plain = wearing.polish.finish

  for (const family of FAMILIES) families.append(group(family.name, family.shades, swatches))
  filters.append(chip('all', 'color.all'), chip('favourites', 'color.favourites'), chip('recent', 'color.recent'))
  filters.append(...FAMILIES.map(({ name }) => chip(name, `family.${name}` as MessageKey)))

  const arrange = () => {
    const wanted = search.value.trim().toLocaleLowerCase()
    const list = filter === 'favourites' ? favourites.names : filter === 'recent' ? recent.names : null
    let shown = 0
    for (const { name: family, shades } of FAMILIES) {
      for (const shade of shades) {
        const input = swatches.get(shade) as HTMLInputElement
        const place = list?.indexOf(slug(shade.name)) ?? 0
        const found = `${shade.name} ${named('family', family)}`.toLocaleLowerCase().includes(wanted)
        const fits = wanted ? found : place >= 0 && (list !== null || filter === 'all' || filter === family)
        input.hidden = !fits
        input.style.order = wanted ? '0' : String(place)
        if (fits) shown += 1
      }
    }
    for (const each of filters.children) {
      each.setAttribute('aria-pressed', String(!wanted && (each as HTMLElement).dataset.filter === filter))
    }
    for (const each of families.children) {
      ;(each as HTMLElement).hidden = each.querySelector('.swatch:not([hidden])') === null
    }
    families.toggleAttribute('data-filtered', filter !== 'all' || wanted !== '')
    empty.hidden = shown > 0
    empty.textContent = wanted ? t('color.nothing') : t('color.none')
  }
  const show = () => {
    const shade = shadeOf(wearing.polish.color)
    for (const [each, input] of swatches) input.checked = each === shade
    heart.disabled = shade === undefined
    heart.setAttribute('aria-pressed', String(shade !== undefined && favourites.has(slug(shade.name))))
  }

  families.addEventListener('change', (event) => {
    const shade = SHADES.find(({ name }) => slug(name) === (event.target as HTMLInputElement).value)
    if (!shade) return
    const brought = shadeOf(wearing.polish.color)?.finish
    if (wearing.polish.finish !== brought) plain = wearing.polish.finish
    recent.use(slug(shade.name))
    wearing.choose({ color: shade.color, finish: shade.finish ?? plain })
  })
  filters.addEventListener('click', (event) => {
    const chosen = (event.target as HTMLElement).closest<HTMLElement>('[data-filter]')?.dataset.filter
    if (!chosen) return
    filter = chosen
    search.value = ''
    arrange()
    families.scrollTo({ left: 0, top: 0 })
  })
  search.addEventListener('input', arrange)
  heart.addEventListener('click', () => {
    const shade = shadeOf(wearing.polish.color)
    if (shade) favourites.toggle(slug(shade.name))
    show()
    arrange()
  })
  wearing.onChange(show)
  onLanguage(arrange)
  arrange()
  show()
  // The remembered shade may lie beyond the edge of a phone's row of swatches.
  families.querySelector('.swatch:checked')?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

function group(name: string, shades: readonly Shade[], swatches: Map<Shade, HTMLInputElement>): HTMLFieldSetElement {
  const fieldset = document.createElement('fieldset')
  fieldset.className = 'family'
  const legend = document.createElement('legend')
  legend.dataset.i18n = `family.${name}`
  legend.textContent = named('family', name)
  fieldset.append(legend, ...shades.map((shade) => swatches.get(shade) as HTMLInputElement))
  return fieldset
}

function swatch(shade: Shade): HTMLInputElement {
  const input = document.createElement('input')
  Object.assign(input, { type: 'radio', name: 'shade', className: 'swatch nail', value: slug(shade.name) })
  input.title = shade.name
  input.setAttribute('aria-label', shade.name)
  input.lang = 'en'
  input.dataset.testid = `swatch-${slug(shade.name)}`
  if (shade.finish) input.dataset.finish = shade.finish
  input.style.setProperty('--swatch', shade.color)
  return input
}

function chip(filter: string, key: MessageKey): HTMLButtonElement {
  const button = document.createElement('button')
  Object.assign(button, { type: 'button', className: 'chip', textContent: t(key) })
  Object.assign(button.dataset, { filter, i18n: key, testid: `filter-${filter}` })
  return button
}
