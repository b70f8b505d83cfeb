import { type CreateOptions, type FrameDetail, type Metric, NailTryOn, type StartMetric } from 'lunula'
import { Film } from './film.ts'
import { type SceneName, sceneOf } from './scenes.ts'
import { type Sample, STAGES, type Stage, sampleOf } from './stages.ts'
import { rounded, type Summary, summary } from './statistics.ts'

/** What computes. */
export type Setup = Required<Pick<CreateOptions, 'engine' | 'backend' | 'precision' | 'tier'>>

/** One thing to measure: so many frames one after the other, or as many as there are in so many seconds. */
export interface Step {
  readonly setup: Setup
  readonly scene: SceneName
  readonly width: number
  readonly height: number
  /** So many nails can be seen, of the scene's five or ten; all of them unless given. */
  readonly nails?: number
  /** Frames to measure, each shown when the one before is done. */
  readonly frames?: number
  /** Without `frames`: for so long a new frame is shown whenever the screen is drawn. */
  readonly seconds?: number
}

/** What it came to. */
export interface Run extends Omit<Step, 'frames' | 'seconds' | 'nails'> {
  /** The backend really in use. */
  readonly backend: string
  readonly start: Omit<StartMetric, 'type' | 'backend' | 'modelVersion'> | null
  readonly modelVersion: string
  readonly stages: Partial<Record<Stage, Summary>>
  /** Median number of nails found. */
  readonly nails: number
  /** Input tiers of pass 1, and how many frames had each. */
  readonly tiers: Record<string, number>
  /** Frames shown, where each was waited for: more than were looked at, where no hand is seen. */
  readonly shown: number | null
  /** Inferences a second, where that was measured. */
  readonly perSecond: number | null
  readonly memory: { tensors: number; tensorBytes: number; coreBytes: number; heapBytes: number | null }
  /** Frame to nails of every frame, milliseconds, in their order. */
  readonly raw: number[]
}

/** Not measured: shaders, caches, and the first search for the hand. */
const WARM_UP_FRAMES = 8
/** The same of a scene without a hand: until the SDK leaves out every other of its frames. */
const EMPTY_FRAMES = 32
/** A frame that a browser swallowed is shown again. */
const LOST_MS = 3000
/** Of a scene without a hand, the next one comes as a camera's does, whether or not this one was looked at. */
const CAMERA_MS = 40
/** The longest that a frame may take before the run is given up. */
const HUNG_MS = 60_000

/** A try-on being measured; its canvas shows what it paints. */
export class Bench {
  readonly #tryOn: NailTryOn
  readonly #start: StartMetric | null
  readonly #setup: Setup
  readonly #stage: HTMLElement

  /** stage: where the pictures are shown. Throws what `NailTryOn.create` throws. */
  static async open(setup: Setup, stage: HTMLElement): Promise<Bench> {
    let start: StartMetric | null = null
    const onMetric = (metric: Metric) => {
      if (metric.type === 'start') start = metric
    }
    const assets = new URL('./', document.baseURI)
    const tryOn = await NailTryOn.create({ assets, onMetric, ...setup })
    return new Bench(tryOn, start, setup, stage)
  }

  private constructor(tryOn: NailTryOn, start: StartMetric | null, setup: Setup, stage: HTMLElement) {
    this.#tryOn = tryOn
    this.#start = start
    this.#setup = setup
    this.#stage = stage
  }

  get tryOn(): NailTryOn {
    return this.#tryOn
  }

  async close(): Promise<void> {
    await this.#tryOn.close()
  }

  /** photo: of one hand. onSample: called for each measured frame. Throws when the try-on does or when `signal` ends it. */
  async run(step: Step, photo: ImageBitmap, onSample: (sample: Sample) => void, signal?: AbortSignal): Promise<Run> {
    const { width, height, frames, seconds = 5 } = step
    const scene = sceneOf(step.scene, photo, step.nails)
    const film = new Film(width, height)
    const canvas = document.createElement('canvas')
    this.#stage.replaceChildren(film.video, canvas)
    await film.play(scene)
    await this.#tryOn.start(film.video, canvas)
    const details: FrameDetail[] = []
    const next = async () => {
      signal?.throwIfAborted()
      return this.#frame(() => film.show(scene), isEmpty ? CAMERA_MS : LOST_MS)
    }
    const isEmpty = step.scene === 'no hand'
    let shown: number | null = null
    let perSecond: number | null = null
    try {
      for (let i = 0; i < (isEmpty ? EMPTY_FRAMES : WARM_UP_FRAMES); i++) await next()
      const keep = (detail: FrameDetail) => {
        details.push(detail)
        onSample(sampleOf(detail))
      }
      const before = film.shown
      if (frames !== undefined) {
        for (let i = 0; i < frames; i++) keep(await next())
        shown = film.shown - before
      } else perSecond = await this.#throughput(seconds, () => film.show(scene), keep, signal)
    } finally {
      this.#tryOn.stop()
      film.close()
    }
    return this.#report(step, details, shown, perSecond)
  }

  /** Shows a frame and waits for nails; another one as long as there are none, every so many milliseconds. */
  #frame(show: () => void, againMs: number): Promise<FrameDetail> {
    return new Promise((resolve, reject) => {
      const since = performance.now()
      const listening = new AbortController()
      const done = () => {
        clearInterval(again)
        listening.abort()
      }
      const failed = (reason: unknown) => {
        done()
        reject(reason)
      }
      const again = setInterval(() => {
        if (performance.now() - since < HUNG_MS) show()
        else failed(new Error('no nails within a minute'))
      }, againMs)
      const { signal } = listening
      const options = { signal }
      this.#tryOn.addEventListener('error', ({ detail }) => failed(detail.error), options)
      this.#tryOn.addEventListener(
        'frame',
        ({ detail }) => {
          done()
          resolve(detail)
        },
        options,
      )
      show()
    })
  }

  /** Inferences a second. */
  async #throughput(seconds: number, show: () => void, keep: (detail: FrameDetail) => void, signal?: AbortSignal) {
    const listening = new AbortController()
    let count = 0
    this.#tryOn.addEventListener(
      'frame',
      ({ detail }) => {
        count++
        keep(detail)
      },
      { signal: listening.signal },
    )
    const since = performance.now()
    while (performance.now() - since < 1000 * seconds && !signal?.aborted) {
      show()
      await new Promise(requestAnimationFrame)
    }
    listening.abort()
    signal?.throwIfAborted()
    return rounded((1000 * count) / (performance.now() - since))
  }

  async #report(step: Step, details: FrameDetail[], shown: number | null, perSecond: number | null): Promise<Run> {
    const samples = details.map(sampleOf)
    const stages: Partial<Record<Stage, Summary>> = {}
    for (const stage of STAGES) {
      const values = samples.flatMap((sample) => sample[stage] ?? [])
      if (values.length > 0) stages[stage] = summary(values)
    }
    const tiers: Record<string, number> = {}
    for (const { tier } of details) tiers[tier] = (tiers[tier] ?? 0) + 1
    const { totalMs, modelsMs, backendMs, warmUpMs } = this.#start ?? {}
    const { memory: heap } = performance as { memory?: { usedJSHeapSize: number } }
    return {
      setup: this.#setup,
      scene: step.scene,
      width: step.width,
      height: step.height,
      backend: this.#tryOn.backend,
      start: this.#start && {
        totalMs: rounded(totalMs!),
        modelsMs: rounded(modelsMs!),
        backendMs: rounded(backendMs!),
        warmUpMs: rounded(warmUpMs!),
      },
      modelVersion: this.#tryOn.modelVersion,
      stages,
      nails: summary(details.map(({ nails }) => nails.length)).p50,
      tiers,
      shown,
      perSecond,
      memory: { ...(await this.#tryOn.memory()), heapBytes: heap?.usedJSHeapSize ?? null },
      raw: details.map(({ latencyMs }) => rounded(latencyMs)),
    }
  }
}
