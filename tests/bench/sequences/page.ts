// The SDK's own engine and tracker on a film, in a time that is made up: an inference takes as long as it is told, so that
// the same film gives the same overlay on every machine.
import { loadModels } from '../../../sdk_src/src/models_cache/models.ts'
import { resolveOptions } from '../../../sdk_src/src/options.ts'
import { Core } from '../../../sdk_src/src/pipeline/core.ts'
import { FrameReader } from '../../../sdk_src/src/pipeline/frame.ts'
import { EmptyScene } from '../../../sdk_src/src/tracking/empty_scene.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Nail } from '../../../sdk_src/src/types.ts'
import { Session } from '../../../sdk_src/src/worker/session.ts'
import { nailAt } from '../../sdk/units/nails.ts'

interface Film {
  /** Addresses of the frames. */
  frames: string[]
  frameMs: number
  /** From taking a frame to having its nails. */
  latencyMs: number
  /** Where a frame's nails are, if the tracker is to be given these in the place of what the engine finds: x, y, length, hand. */
  exact: [...Place, number][][] | null
}

type Place = [number, number, number]

interface Watched {
  /** On each frame: id, x, y of every nail that is drawn. */
  drawn: Place[][]
  /** What the tracker was given, by frame: x, y, hand of every nail. */
  given: Record<number, Place[]>
  /** Frames before which the hand detector looked. */
  detected: number[]
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

/** As session/video_loop.ts does it, but for the clock. */
async function overlay({ frames, frameMs, latencyMs, exact }: Film): Promise<Watched> {
  const look = exact ? exactly(exact) : await engine(frames)
  const [tracker, scene] = [new Tracker(), new EmptyScene()]
  const watched: Watched = { drawn: [], given: {}, detected: [] }
  let waiting: { nails: Nail[]; time: number; doneAt: number } | undefined
  let [shown, fresh] = [-1, false]
  const infer = async (index: number, now: number) => {
    const { nails, detected } = await look(index)
    watched.given[index] = nails.map(({ center, hand }) => [center.x, center.y, hand])
    if (detected) watched.detected.push(index)
    fresh = false
    waiting = { nails, time: index * frameMs, doneAt: now + latencyMs }
  }
  for (let index = 0; index < frames.length; index++) {
    const now = index * frameMs
    while (waiting && waiting.doneAt <= now) {
      const { nails, time, doneAt } = waiting
      waiting = undefined
      scene.saw(nails.length)
      tracker.update(nails, time, shown * frameMs)
      if (fresh) await infer(shown, doneAt)
    }
    watched.drawn.push(tracker.at(now).map(({ id, center }) => [id, center.x, center.y]))
    shown = index
    if (scene.skips()) continue
    fresh = true
    if (!waiting) await infer(index, now)
  }
  return watched
}

type Look = (index: number) => Promise<{ nails: Nail[]; detected: boolean }>

async function engine(frames: string[]): Promise<Look> {
  opened ??= open()
  const { pipeline } = await opened
  pipeline.forget()
  const reader = new FrameReader()
  return async (index) => {
    const bitmap = await createImageBitmap(await (await fetch(frames[index]!)).blob())
    const extent = { width: bitmap.width, height: bitmap.height }
    const { nails, timings } = await pipeline.detect(reader, bitmap, extent, 'track')
    bitmap.close()
    return { nails, detected: timings.hand > 0 }
  }
}

function exactly(places: [...Place, number][][]): Look {
  const nails = places.map((frame) =>
    frame.map(([x, y, length, hand]) => nailAt(x, y, { hand, size: { length, width: 0.8 * length } })),
  )
  return async (index) => ({ nails: nails[index]!, detected: false })
}

Object.assign(globalThis, { overlay })
