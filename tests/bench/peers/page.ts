// Everything that is compared, in one page, taking turns: A B C A B C …, so that what the machine does meanwhile hits all.
import type { Setup } from '../../../sdk_src/app/benchmark/runs.ts'
import type { Sample, Stage } from '../../../sdk_src/app/benchmark/stages.ts'
import { type Summary, summary } from '../../../sdk_src/app/benchmark/statistics.ts'
import type { Contender, Task } from './contender.ts'
import { flask } from './flask.ts'
import { lunula, naive } from './lunula.ts'
import { mediapipeHands, tasksVision } from './mediapipe.ts'
import { onnxruntimeWeb } from './onnxruntime.ts'

const SETUP: Setup = { engine: 'cascade', backend: 'wasm', precision: 'float16', tier: 'auto' }

export interface Comparison {
  readonly task: Task
  /** Names, in the order of their turns. */
  readonly contenders: readonly string[]
  readonly rounds: number
  /** Of each round and contender. */
  readonly frames: number
  /** Where the web service is. */
  readonly flaskUrl?: string
}

export interface Compared extends Comparison {
  /** Milliseconds a frame, all rounds: by contender, round by round. */
  readonly raw: Record<string, number[][]>
  readonly summaries: Record<string, Summary>
  /** Lunula's stages, medians. */
  readonly stages: Partial<Record<Stage, number>>
  readonly browser: string
  /** Why a contender did not run. */
  readonly failures: Record<string, string>
}

const samples: Sample[] = []
const OPEN: Record<string, (task: Task, flaskUrl?: string) => Promise<Contender>> = {
  lunula: (task) => lunula(task, SETUP, samples),
  'naive cascade': (task) => naive(task, SETUP),
  'naive rtdetr': (task) => naive(task, { ...SETUP, engine: 'rtdetr-full' as Setup['engine'] }),
  'tasks-vision': tasksVision,
  '@mediapipe/hands': mediapipeHands,
  'onnxruntime-web': onnxruntimeWeb,
  'flask 0 ms': (task, url) => flask(task, url, 0),
  'flask 100 ms': (task, url) => flask(task, url, 100),
  'flask 500 ms': (task, url) => flask(task, url, 500),
}

async function compare(comparison: Comparison): Promise<Compared> {
  samples.length = 0
  const { task, contenders, rounds, frames, flaskUrl } = comparison
  const open = new Map<string, Contender>()
  const raw: Record<string, number[][]> = {}
  const failures: Record<string, string> = {}
  const attempt = async (name: string, work: () => Promise<void>) => {
    try {
      await work()
    } catch (thrown) {
      failures[name] = thrown instanceof Error ? thrown.message : String(thrown)
      open.delete(name)
    }
  }
  for (const name of contenders) await attempt(name, async () => void open.set(name, await OPEN[name]!(task, flaskUrl)))
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of [...open]) {
      await attempt(name, async () => {
        raw[name] = [...(raw[name] ?? []), await contender.round(frames)]
      })
    }
  }
  for (const contender of open.values()) await contender.close()
  const summaries = Object.fromEntries(Object.entries(raw).map(([name, times]) => [name, summary(times.flat())]))
  const stages: Partial<Record<Stage, number>> = {}
  for (const stage of new Set(samples.flatMap((sample) => Object.keys(sample) as Stage[]))) {
    stages[stage] = summary(samples.flatMap((sample) => sample[stage] ?? [])).p50
  }
  // A browser whose videos cannot be read finds nothing and is quick about it: that is no measurement.
  const missing = !((stages.pass1 ?? 0) > 0) ? 'hand' : !((stages.pass2 ?? 0) > 0) ? 'nail' : undefined
  if (task.scene !== 'no hand' && 'lunula' in summaries && missing) {
    failures.lunula = `no ${missing} was found in most frames`
    delete summaries.lunula
  }
  return { ...comparison, browser: navigator.userAgent, raw, summaries, stages, failures }
}

Object.assign(globalThis, { compare })
