/**
 * What the hand wears, and which nail is being chosen for: the one place that the palette, links and the picture share.
 */
import { DEFAULT_POLISH, type Look, type LookFinger, lookFromHash, lookToHash, type Polish } from 'lunula'
import { recall, remember } from './memory.ts'

export const FINGERS = ['thumb', 'index', 'middle', 'ring', 'little'] as const satisfies readonly LookFinger[]

export class Wearing {
  #look: Look
  #finger: LookFinger | null = null
  readonly #listeners: (() => void)[] = []

  constructor() {
    this.#look = parse(recall('look')) ?? { polish: { color: DEFAULT_POLISH.color, finish: DEFAULT_POLISH.finish } }
  }

  get look(): Look {
    return this.#look
  }

  /** The finger that choices are for; null for all nails. */
  get finger(): LookFinger | null {
    return this.#finger
  }

  /** What the nail, or the nails, that choices are for wear. */
  get polish(): Polish {
    return this.polishOf(this.#finger)
  }

  polishOf(finger: LookFinger | null): Polish {
    const own = finger ? this.#look.fingers?.[finger] : undefined
    return own ? merged(this.#look.polish, own) : this.#look.polish
  }

  /** @param listener called after each change of look or finger */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Change something of the chosen nail's polish, or of every nail's. */
  choose(part: Partial<Polish>): void {
    const { polish, fingers = {} } = this.#look
    if (this.#finger) {
      const own = merged(fingers[this.#finger] ?? {}, part)
      this.#set({ polish, fingers: { ...fingers, [this.#finger]: own } })
      return
    }
    // All nails are all nails: a finger loses what it had of its own there.
    const left = FINGERS.map((finger) => [finger, without(fingers[finger] ?? {}, Object.keys(part))] as const)
    const kept = Object.fromEntries(left.filter(([, own]) => Object.keys(own).length > 0))
    this.#set({ polish: merged(polish, part) as Polish, ...(Object.keys(kept).length > 0 && { fingers: kept }) })
  }

  /** The chosen finger wears what the others do. */
  likeTheOthers(): void {
    const { polish, fingers = {} } = this.#look
    const left = without(fingers, this.#finger ? [this.#finger] : [])
    this.#set({ polish, ...(Object.keys(left).length > 0 && { fingers: left }) })
  }

  point(finger: LookFinger | null): void {
    this.#finger = finger
    this.#tell()
  }

  /** A whole look, for every nail. */
  wear(look: Look): void {
    this.#finger = null
    this.#set(structuredClone(look))
  }

  #set(look: Look): void {
    this.#look = look
    remember('look', lookToHash(look))
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function parse(hash: string | null): Look | null {
  try {
    return hash ? lookFromHash(hash) : null
  } catch {
    return null // of another version; nothing is lost but a choice
  }
}

/** Another colour or finish has a second colour of its own, unless one is given with it. */
function merged<Given extends Partial<Polish>>(polish: Given, part: Partial<Polish>): Given {
  const base = 'color' in part || 'finish' in part ? without(polish, ['accent']) : polish
  return { ...base, ...part } as Given
}

function without<Given extends object>(given: Given, keys: readonly string[]): Partial<Given> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key))) as Partial<Given>
}
