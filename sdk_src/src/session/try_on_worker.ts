import { fail, type LunulaError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import { reasonOf } from '../reason.ts'
import { Bridge } from '../worker/bridge.ts'
import type { Notice, Ready } from '../worker/messages.ts'
import { recall, remember } from './remembered_backend.ts'

/** Software WebGL compiles the networks' shaders in up to 20 s, the limit of a probe, without a word. */
const INIT_PATIENCE_MS = 60_000

/** What comes of starting the worker. */
export interface StartedWorker {
  bridge: Bridge
  ready: Ready
}

/**
 * Starts the worker and waits until its models are ready. Throws whatever loading throws, `worker-failed` or `aborted`;
 * then the worker is gone.
 */
export async function startWorker(
  options: ResolvedOptions,
  signal: AbortSignal | undefined,
  onNotice: (notice: Notice) => void,
  onFailure: (error: LunulaError) => void,
): Promise<StartedWorker> {
  const bridge = new Bridge(spawn(options.assets), onNotice, onFailure)
  try {
    const argument = { ...options, remembered: recall(options) }
    const ready = await bridge.call('init', argument, { signal, patienceMs: INIT_PATIENCE_MS })
    remember(options, ready.variant)
    return { bridge, ready }
  } catch (thrown) {
    bridge.end(thrown as LunulaError)
    throw thrown
  }
}

function spawn(assets: string): Worker {
  try {
    return new Worker(new URL('worker.js', assets), { type: 'module', name: 'lunula' })
  } catch (thrown) {
    // A browser refuses scripts of another origin, and those that the page's policy forbids.
    throw fail('worker-failed', { detail: reasonOf(thrown) }, thrown)
  }
}
