/**
 * Words in the person's language. English is in the page itself; the others replace it, wherever an element names its
 * message in `data-i18n` (text), `data-i18n-label` (aria-label), `data-i18n-tip` (aria-label and title),
 * `data-i18n-placeholder` or `data-i18n-alt`. Plurals follow the language's own rules (CLDR, through Intl).
 */
import { recall, remember } from './memory.ts'
import arabic from './messages/ar.json'
import german from './messages/de.json'
import english from './messages/en.json'

export type MessageKey = keyof typeof english.messages
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }
interface Language {
  /** Its name in itself. */
  language: string
  direction: string
  messages: Record<MessageKey, string | Forms>
}

/** By BCP 47 tag. A file that lacks a message does not compile. */
export const LANGUAGES: Readonly<Record<string, Language>> = { en: english, de: german, ar: arabic }

let tag = wanted()
const listeners: (() => void)[] = []

/** BCP 47 tag of the language in use. */
export function currentLanguage(): string {
  return tag
}

/** A message. `n` in `values` chooses the plural form; numbers are written as the language writes them. */
export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  const message = languageOf(tag).messages[key]
  const text = typeof message === 'string' ? message : plural(message, Number(values.n))
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    return typeof value === 'number' ? value.toLocaleString(tag) : String(value)
  })
}

/** A number with one decimal, as the language writes it. */
export function decimal(value: number): string {
  return value.toLocaleString(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
}

/** A message whose key is put together from data, such as `finish.` and a finish's name. */
export function named(group: string, name: string): string {
  return t(`${group}.${name}` as MessageKey)
}

/** Write the messages into an element and everything below it. */
export function translate(root: ParentNode & Node = document): void {
  const own = root instanceof Element ? [root] : []
  for (const found of [...own, ...root.querySelectorAll('*')]) {
    const { i18n, i18nLabel, i18nTip, i18nPlaceholder, i18nAlt } = (found as HTMLElement).dataset
    if (i18n) found.textContent = t(i18n as MessageKey)
    const label = i18nLabel ?? i18nTip
    if (label) found.setAttribute('aria-label', t(label as MessageKey))
    if (i18nTip) found.setAttribute('title', t(i18nTip as MessageKey))
    if (i18nPlaceholder) found.setAttribute('placeholder', t(i18nPlaceholder as MessageKey))
    if (i18nAlt) found.setAttribute('alt', t(i18nAlt as MessageKey))
  }
}

/** Another language from now on, and on the next visit; `auto` is the browser's. */
export function speak(choice: string): void {
  remember('language', choice)
  tag = wanted()
  show()
}

/** @param listener called when the language has changed, for words that no `data-i18n` holds */
export function onLanguage(listener: () => void): void {
  listeners.push(listener)
}

/** Put the page into the language; called once at the start. */
export function show(): void {
  document.documentElement.lang = tag
  document.documentElement.dir = languageOf(tag).direction
  translate()
  for (const listener of listeners) listener()
}

/** The one that was chosen, else the first of the browser's that there is, else English. */
function wanted(): string {
  const choice = recall('language')
  const tags = choice && choice !== 'auto' ? [choice] : navigator.languages
  const known = tags.map((each) => each.split('-')[0] ?? '').find((each) => Object.hasOwn(LANGUAGES, each))
  return known ?? 'en'
}

function languageOf(of: string): Language {
  return LANGUAGES[of] ?? (english as Language)
}

function plural(forms: Forms, n: number): string {
  return forms[new Intl.PluralRules(tag).select(n)] ?? forms.other
}
