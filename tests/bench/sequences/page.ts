// The SDK's own engine and tracker on a film, in a time that is made up: an inference takes as long as it is told, so that
// the same film gives the same overlay on every machine.
import { loadModels } from '../../../sdk_src/src/models_cache/models.ts'
import { resolveOptions } from '../../../sdk_src/src/options.ts'
import { Core } from '../../../sdk_src/src/pipeline/core.ts'
import { FrameReader } from '../../../sdk_src/src/pipeline/frame.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Nail } from '../../../sdk_src/src/types.ts'
import { Session } from '../../../sdk_src/src/worker/session.ts'

interface Film {
  /** Addresses of the frames. */
  frames: string[]
  frameMs: number
  /** From taking a frame to having its nails. */
  latencyMs: number
}

let opened: Promise<Session> | undefined

async function open(): Promise<Session> {
  // One tier: the adaptive one looks at the clock.
  const wanted = { assets: '/', backend: 'wasm', precision: 'float16', store: 'memory', tier: 256 } as const
  const options = resolveOptions(wanted, location.href, location.href)
  const session = new Session(options)
  const [models, core] = await Promise.all([
    loadModels(options, () => {}),
    Core.load(new URL('/lunula_core.wasm', location.href)),
    session.open('wasm', 'wasm'),
  ])
  session.load(models, core)
  return session
}

/** What is drawn on each frame: id, x, y of every nail. As session/video_loop.ts does it, but for the clock. */
async function overlay({ frames, frameMs, latencyMs }: Film): Promise<[number, number, number][][]> {
  opened ??= open()
  const { cascade } = await opened
  cascade.forget()
  const [reader, tracker] = [new FrameReader(), new Tracker()]
  const drawn: [number, number, number][][] = []
  let waiting: { nails: Nail[]; time: number; doneAt: number } | undefined
  let [shown, fresh] = [-1, false]
  const infer = async (index: number, now: number) => {
    const bitmap = await createImageBitmap(await (await fetch(frames[index]!)).blob())
    const extent = { width: bitmap.width, height: bitmap.height }
    const { nails } = await cascade.detect(reader, bitmap, extent, 'track')
    bitmap.close()
    fresh = false
    waiting = { nails, time: index * frameMs, doneAt: now + latencyMs }
  }
  for (let index = 0; index < frames.length; index++) {
    const now = index * frameMs
    while (waiting && waiting.doneAt <= now) {
      const { nails, time, doneAt } = waiting
      waiting = undefined
      tracker.update(nails, time, shown * frameMs)
      if (fresh) await infer(shown, doneAt)
    }
    drawn.push(tracker.at(now).map(({ id, center }) => [id, center.x, center.y]))
    shown = index
    fresh = true
    if (!waiting) await infer(index, now)
  }
  return drawn
}

Object.assign(globalThis, { overlay })
