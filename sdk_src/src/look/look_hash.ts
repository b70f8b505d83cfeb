import { invalid } from '../options.ts'
import type { Look, Polish } from '../types.ts'
import { LOOK_FINGERS, resolveLook } from './look.ts'
import { POLISH_KEYS } from './polish.ts'

/** Longest link part that is read or written, characters: any chat or mail passes it on whole. */
export const LONGEST_HASH = 1500
/** Says what follows, so that a later form can be told from this one. */
const VERSION = 'l1.'

/**
 * A look as part of a link: `location.hash = lookToHash(look)`. Letters, digits, `-`, `_` and `.` only.
 * Throws `option-invalid` when it is no look or would be longer than 1,500 characters.
 */
export function lookToHash(look: Look): string {
  resolveLook(look)
  const { name, polish, fingers = {} } = look
  const own = LOOK_FINGERS.map((finger) => (fingers[finger] ? values(fingers[finger]) : 0))
  // A list without names: half as long. Values that are not given are null or left out at the end.
  const hash = VERSION + toBase64Url(JSON.stringify([name ?? '', values(polish), ...own]))
  if (hash.length > LONGEST_HASH) throw invalid('look', `${hash.length} characters`, `${LONGEST_HASH} at most`)
  return hash
}

/**
 * The look of a link, with or without its `#`. A link is anybody's word: what comes back has passed the same checks as a
 * look from the page. Throws `option-invalid` otherwise.
 */
export function lookFromHash(hash: string): Look {
  const text = typeof hash === 'string' ? hash.replace(/^#/, '') : ''
  if (text.length > LONGEST_HASH) throw invalid('look', `${text.length} characters`, `${LONGEST_HASH} at most`)
  if (!text.startsWith(VERSION)) throw invalid('look', text.slice(0, 20), `a link part that starts with ${VERSION}`)
  const list = parse(text.slice(VERSION.length))
  if (!Array.isArray(list) || list.length > LOOK_FINGERS.length + 2) throw invalid('look', 'damaged', 'a whole link')
  const [name, polish, ...own] = list
  const look: Look = { ...(name !== '' && { name }), polish: polishOf(polish) as unknown as Polish }
  LOOK_FINGERS.forEach((finger, index) => {
    if (own[index]) look.fingers = { ...look.fingers, [finger]: polishOf(own[index]) }
  })
  resolveLook(look)
  return look
}

function values(polish: Partial<Polish>): unknown[] {
  const list = POLISH_KEYS.map((key) => polish[key] ?? null)
  while (list.at(-1) === null) list.pop()
  return list
}

function polishOf(list: unknown): Record<string, unknown> {
  if (!Array.isArray(list) || list.length > POLISH_KEYS.length) throw invalid('look', 'damaged', 'a whole link')
  return Object.fromEntries(POLISH_KEYS.map((key, i) => [key, list[i]]).filter(([, value]) => value != null))
}

function toBase64Url(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte))
  return btoa(bytes.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function parse(base64Url: string): unknown {
  try {
    const binary = atob(base64Url.replace(/-/g, '+').replace(/_/g, '/'))
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
