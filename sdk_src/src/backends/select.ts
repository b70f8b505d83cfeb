import { fail, reasonOf } from '../errors.ts'
import { BACKENDS } from '../options.ts'
import type { Backend } from '../types.ts'
import { checkAnswer, measureSpeed } from './probe.ts'
import { openWasm } from './wasm.ts'
import { closeWebgl, openWebgl } from './webgl.ts'

/** A probe that takes longer is as good as none: Safari's fences in a worker never signal. Software GL needs seconds. */
const PROBE_TIMEOUT_MS = 20_000

/**
 * Makes a backend the current one of TF.js: the wanted one, or the fastest of those whose answers are right.
 *
 * onLost: the backend is gone and has to be opened anew. Throws `backend-unavailable`.
 */
export async function openBackend(wanted: Backend | 'auto', assets: string, onLost: () => void): Promise<Backend> {
  const candidates = wanted === 'auto' ? BACKENDS : [wanted]
  const failures: string[] = []
  let best: Backend | undefined
  let bestMs = Number.POSITIVE_INFINITY
  for (const backend of candidates) {
    try {
      await timeLimited(open(backend, assets, onLost).then(checkAnswer))
      const ms = candidates.length > 1 ? await timeLimited(measureSpeed(bestMs)) : 0
      if (ms < bestMs) [best, bestMs] = [backend, ms]
    } catch (thrown) {
      failures.push(`${backend}: ${reasonOf(thrown)}`)
    }
  }
  if (!best) throw fail('backend-unavailable', { backend: wanted, detail: failures.join('; ') })
  if (best === 'wasm') closeWebgl()
  await open(best, assets, onLost)
  return best
}

/** Does nothing when it is open already. */
async function open(backend: Backend, assets: string, onLost: () => void): Promise<void> {
  if (backend === 'webgl') await openWebgl(onLost)
  else await openWasm(assets)
}

function timeLimited<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout>
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PROBE_TIMEOUT_MS / 1000} s`)), PROBE_TIMEOUT_MS)
  })
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer))
}
