import { fail } from './errors.ts'
import { TIERS as SPEC_TIERS } from './specs.ts'
import type { CreateOptions, Smoothing, Tier, Variant } from './types.ts'

/** The engines that `create` accepts. */
export const ENGINES = ['cascade', 'rtdetr', 'rtdetr-full'] as const
/** The second passes that the cascade has. */
export const VARIANTS = ['standard', 'r6d'] as const
/** The backends that `create` accepts beside `auto`, in the order in which they are probed. */
export const BACKENDS = ['wasm', 'webgl', 'webgpu'] as const
export const PRECISIONS = ['float16', 'uint8'] as const
export const STORAGES = ['indexeddb', 'memory'] as const
/** How the live overlay can be smoothed. */
export const SMOOTHINGS = ['one-euro', 'exponential', 'none'] as const
/** The input tiers that `create` accepts beside `auto`. */
export const TIERS: readonly Tier[] = SPEC_TIERS
/** `CreateOptions` with every gap filled; plain data, so that the worker can have it. */
export interface ResolvedOptions {
  /** Absolute, with a slash at the end. */
  assets: string
  engine: (typeof ENGINES)[number]
  variant: Variant
  backend: (typeof BACKENDS)[number] | 'auto'
  precision: (typeof PRECISIONS)[number]
  store: (typeof STORAGES)[number]
  smoothing: Smoothing
  targetFps: number
  tier: Tier | 'auto'
  metricsSampleRate: number
}

const CREATE_OPTIONS = [
  'assets',
  'engine',
  'variant',
  'backend',
  'precision',
  'store',
  'smoothing',
  'targetFps',
  'tier',
  'metricsSampleRate',
  'onMetric',
  'onProgress',
  'signal',
]

/** Checks and completes options. here: the address of this module; page: what relative addresses start from. */
export function resolveOptions(options: CreateOptions, here: string, page: string): ResolvedOptions {
  requireObject('options', options, CREATE_OPTIONS)
  const { onProgress, onMetric, signal } = options
  for (const [name, hook] of Object.entries({ onProgress, onMetric })) {
    if (hook !== undefined && typeof hook !== 'function') throw invalid(name, hook, 'a function')
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalid('signal', signal, 'an AbortSignal')
  return {
    assets: resolveAssets(options.assets, here, page),
    engine: oneOf('engine', options.engine ?? 'cascade', ENGINES),
    variant: oneOf('variant', options.variant ?? 'standard', VARIANTS),
    backend: oneOf('backend', options.backend ?? 'auto', ['auto', ...BACKENDS]),
    precision: oneOf('precision', options.precision ?? 'float16', PRECISIONS),
    store: oneOf('store', options.store ?? 'indexeddb', STORAGES),
    smoothing: oneOf('smoothing', options.smoothing ?? 'one-euro', SMOOTHINGS),
    targetFps: inRange('targetFps', options.targetFps ?? 30, 1, 120),
    tier: oneOf('tier', options.tier ?? 'auto', ['auto', ...TIERS]),
    metricsSampleRate: inRange('metricsSampleRate', options.metricsSampleRate ?? 0.01, 0, 1),
  }
}

/** An `option-invalid` error that shows what was given. */
export function invalid(option: string, given: unknown, expected: string): Error {
  return fail('option-invalid', { option, given: show(given), expected })
}

/** The value, if it is one of the choices. */
export function oneOf<Choice extends string | number>(
  option: string,
  given: unknown,
  choices: readonly Choice[],
): Choice {
  if (choices.includes(given as Choice)) return given as Choice
  throw invalid(option, given, choices.map((choice) => JSON.stringify(choice)).join(' or '))
}

/** The number, if it is between two others. */
export function inRange(option: string, given: unknown, least: number, most: number): number {
  if (typeof given === 'number' && given >= least && given <= most) return given
  throw invalid(option, given, `a number from ${least} to ${most}`)
}

/** A misspelt option would otherwise be ignored in silence. */
export function requireObject(name: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw invalid(name, given, 'an object')
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'not known', `one of ${known.join(', ')}`)
}

function resolveAssets(assets: unknown, here: string, page: string): string {
  if (assets === undefined) return new URL('./', here).href
  if (typeof assets !== 'string' && !(assets instanceof URL)) throw invalid('assets', assets, 'an address')
  try {
    const url = new URL(assets, page)
    if (!url.pathname.endsWith('/')) url.pathname += '/'
    return url.href
  } catch {
    throw invalid('assets', assets, 'an address')
  }
}

/** What was given, short enough for a sentence. */
export function show(given: unknown): string {
  if (given instanceof URL) return given.href
  if (typeof given === 'function') return 'a function'
  return (JSON.stringify(given) ?? String(given)).slice(0, 80)
}
