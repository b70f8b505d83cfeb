import { loadModels } from '../models_cache/models.ts'
import { storeLater } from '../models_cache/store_later.ts'
import { Core } from '../pipeline/core.ts'
import type { Extent } from '../pipeline/extent.ts'
import { FrameReader } from '../pipeline/frame.ts'
import type { Backend } from '../types.ts'
import { fail } from './failure.ts'
import type { Calls, Detection, Frame, InitArgument, NoticeName, Notices, Ready, Request } from './messages.ts'
import { Session } from './session.ts'
import { Turns } from './turns.ts'

/** A result and what of it moves to the page instead of being copied. */
interface Answer {
  result: Calls[keyof Calls]['result']
  transfer: Transferable[]
}

type Tell = <Name extends NoticeName>(notice: Name, detail: Notices[Name]) => void

/** Owner of the models, the core and the backend: everything that lives in the worker. */
export class Host {
  readonly #tell: Tell
  readonly #turns = new Turns()
  readonly #reader = new FrameReader()
  #session: Session | undefined

  constructor(tell: Tell) {
    this.#tell = tell
  }

  async serve(request: Request): Promise<Answer> {
    switch (request.call) {
      case 'init': {
        const { session, ready } = await start(request.argument, this.#tell)
        this.#session = session
        return plain({ ...ready, bitmaps: FrameReader.drawsBitmaps })
      }
      case 'detect': {
        const { frame, source } = request.argument
        const dropped = () => {
          close(frame)
          return fail('aborted', {})
        }
        return moved(await this.#turns.still(request.id, () => this.#detect(frame, source, 'still'), dropped))
      }
      case 'track': {
        const { frame, source } = request.argument
        const detection = await this.#turns.frame(
          () => this.#detect(frame, source, 'track'),
          () => close(frame),
        )
        return detection ? moved(detection) : plain(null)
      }
      case 'cancel':
        this.#turns.cancel(request.argument.id)
        return plain(null)
      case 'forget':
        this.#required.pipeline.forget()
        return plain(null)
      case 'ping':
        return plain(null)
      case 'memory': {
        const { pipeline, networks } = this.#required
        return plain({ ...networks.memory(), coreBytes: pipeline.core.bytes })
      }
    }
  }

  get #required(): Session {
    if (!this.#session) throw new Error('a request before "init"')
    return this.#session
  }

  async #detect(frame: Frame, source: Extent, mode: 'still' | 'track'): Promise<Detection> {
    const session = this.#required
    const recovered = (backend: Backend) => this.#tell('recovered', { backend })
    try {
      return await session.healing(() => session.pipeline.detect(this.#reader, frame, source, mode), recovered)
    } finally {
      close(frame)
    }
  }
}

async function start(options: InitArgument, tell: Tell): Promise<{ session: Session; ready: Omit<Ready, 'bitmaps'> }> {
  const session = new Session(options)
  const loading = loadModels(options, (progress) => tell('progress', progress))
  const done = loading.then(({ bytes }) => tell('progress', { loaded: bytes, total: bytes, phase: 'backend' }))
  // The backend is chosen while the models come: with them in memory only the warm-up is left.
  const [models, core] = await Promise.all([
    loading,
    Core.load(new URL('lunula_core.wasm', options.assets)),
    session.open(options.backend, options.remembered),
    done,
  ])
  await session.load(models, core)
  const { bytes } = models
  tell('progress', { loaded: bytes, total: bytes, phase: 'warm-up' })
  await session.warmUp()
  tell('progress', { loaded: bytes, total: bytes, phase: 'ready' })
  if (models.store) void storeLater(models.store).then((stored) => stored && tell('stored', {}))
  const { storage, storageReason, version } = models
  const { backend, variant } = session
  return { session, ready: { backend, variant, storage, storageReason, modelVersion: version } }
}

function plain(result: Answer['result']): Answer {
  return { result, transfer: [] }
}

function moved(result: Detection): Answer {
  return { result, transfer: result.nails.flatMap(({ mask, contour }) => [mask.data.buffer, contour.buffer]) }
}

function close(frame: Frame): void {
  if ('close' in frame) frame.close()
}
