// Everything that is compared, in one page, taking turns: A B C A B C …, so that what the machine does meanwhile hits all.
import type { Setup } from '../../../sdk_src/app/benchmark/runs.ts'
import type { Sample, Stage } from '../../../sdk_src/app/benchmark/stages.ts'
import { type Summary, summary } from '../../../sdk_src/app/benchmark/statistics.ts'
import type { Contender, Task } from './contender.ts'
import { flask } from './flask.ts'
import { lunula, naiveCascade } from './lunula.ts'
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
}

export interface Compared extends Comparison {
  /** Milliseconds a frame, all rounds: by contender, round by round. */
  readonly raw: Record<string, number[][]>
  readonly summaries: Record<string, Summary>
  /** Lunula's stages, medians. */
  readonly stages: Partial<Record<Stage, number>>
  /** Why a contender did not run. */
  readonly failures: Record<string, string>
}

const samples: Sample[] = []
const OPEN: Record<string, (task: Task) => Promise<Contender>> = {
  lunula: (task) => lunula(task, SETUP, samples),
  'lunula-320': (task) => lunula(task, { ...SETUP, tier: 320 }, []),
  'naive cascade': (task) => naiveCascade(task, SETUP),
  'tasks-vision': tasksVision,
  '@mediapipe/hands': mediapipeHands,
  'onnxruntime-web': onnxruntimeWeb,
  'flask 0 ms': (task) => flask(task, 0),
  'flask 100 ms': (task) => flask(task, 100),
  'flask 500 ms': (task) => flask(task, 500),
}

async function compare(comparison: Comparison): Promise<Compared> {
  samples.length = 0
  const { task, contenders, rounds, frames } = comparison
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
  for (const name of contenders) await attempt(name, async () => void open.set(name, await OPEN[name]!(task)))
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
  return { ...comparison, raw, summaries, stages, failures }
}

Object.assign(globalThis, { compare })
