import type { ResolvedOptions } from '../options.ts'
import { reasonOf } from '../reason.ts'
import type { Backend } from '../types.ts'
import { fail } from '../worker/failure.ts'
import { type BackendChunk, type OpenBackend, VARIANTS, type Variant } from './backend.ts'

/** A probe that takes longer is as good as none: Safari's fences in a worker never signal. Software GL needs seconds. */
const PROBE_TIMEOUT_MS = 20_000

/** A later candidate has to be so much faster, or the earlier one stays: threads and graphics memory cost something. */
const FASTER = 0.9

/** What to open. */
export interface Choice {
  wanted: Backend | 'auto'
  /** What won the last time, in this very browser: it is checked again, but not measured. */
  remembered?: Variant | undefined
  /** Folder of the chunks and their .wasm files. */
  assets: string
  /** Whose kernels the chunk has. */
  engine: ResolvedOptions['engine']
  /** The device is gone: open another. */
  onLost: () => void
}

/** What was opened, and what to remember. */
export interface Chosen {
  opened: OpenBackend
  variant: Variant
}

/**
 * Opens the remembered backend, or the fastest of those whose answers are right; each is a chunk that is loaded only
 * when it is tried. Throws `backend-unavailable`.
 */
export async function openBackend(choice: Choice): Promise<Chosen> {
  const candidates = candidatesFor(choice.wanted)
  const failures: string[] = []
  const { remembered } = choice
  if (remembered && candidates.includes(remembered)) {
    const again = await openChecked(remembered, choice, failures)
    if (again) return { opened: again, variant: remembered }
  }
  const chosen = await fastest(candidates, choice, failures)
  if (!chosen) throw fail('backend-unavailable', { backend: choice.wanted, detail: failures.join('; ') })
  await chosen.opened.activate()
  return chosen
}

/** In the order in which they are tried: the quickest to open first. */
function candidatesFor(wanted: Backend | 'auto'): Variant[] {
  // Seen in Firefox ESR 153: now and then `new Worker` does not return in a worker, and no time limit of a probe can end
  // such a wait (docs/architecture.md has numbers).
  const threadsHang = navigator.userAgent.includes('Firefox')
  const possible: Record<Variant, boolean> = {
    wasm: true,
    wasm_threads: globalThis.crossOriginIsolated === true && navigator.hardwareConcurrency > 1 && !threadsHang,
    webgl: true,
    webgpu: wanted === 'webgpu' || 'gpu' in navigator,
  }
  return VARIANTS.filter((variant) => possible[variant] && (wanted === 'auto' || backendOf(variant) === wanted))
}

export function backendOf(variant: Variant): Backend {
  return variant === 'wasm_threads' ? 'wasm' : variant
}

async function fastest(candidates: Variant[], choice: Choice, failures: string[]): Promise<Chosen | undefined> {
  let best: (Chosen & { ms: number }) | undefined
  for (const variant of candidates) {
    const opened = await openChecked(variant, choice, failures)
    if (!opened) continue
    const ms = candidates.length > 1 ? await measured(opened, best?.ms, variant, failures) : 0
    const loser = best && !(ms < FASTER * best.ms) ? opened : best?.opened
    if (loser !== opened) best = { opened, variant, ms }
    loser?.close()
  }
  return best
}

/** Milliseconds of its probe; infinite when it fails. */
async function measured(opened: OpenBackend, toBeat = Number.POSITIVE_INFINITY, variant: Variant, failures: string[]) {
  try {
    return await timeLimited(opened.measure(toBeat))
  } catch (thrown) {
    failures.push(`${variant}: ${reasonOf(thrown)}`)
    return Number.POSITIVE_INFINITY
  }
}

/** An open backend whose answer is right; undefined, and one failure more, when there is none. */
async function openChecked(
  variant: Variant,
  { assets, engine, onLost }: Choice,
  failures: string[],
): Promise<OpenBackend | undefined> {
  const opening = loadChunk(variant, engine, assets).then((chunk) => chunk.open(assets, onLost))
  try {
    const opened = await timeLimited(opening)
    await timeLimited(opened.check())
    return opened
  } catch (thrown) {
    failures.push(`${variant}: ${reasonOf(thrown)}`)
    opening.then(
      (opened) => opened.close(),
      () => {},
    )
    return undefined
  }
}

async function loadChunk(variant: Variant, engine: Choice['engine'], assets: string): Promise<BackendChunk> {
  // Many browsers have the interface and no device: their chunk need not be fetched.
  if (variant === 'webgpu' && !(await navigator.gpu?.requestAdapter())) throw new Error('there is no WebGPU adapter')
  const kernels = engine === 'cascade' ? '' : '_rtdetr'
  return import(new URL(`backend_${variant}${kernels}.js`, assets).href)
}

function timeLimited<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout>
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PROBE_TIMEOUT_MS / 1000} s`)), PROBE_TIMEOUT_MS)
  })
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer))
}
