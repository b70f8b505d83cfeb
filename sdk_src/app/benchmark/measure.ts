import { type Score, scorePhotos } from './accuracy.ts'
import { type Environment, environment } from './environment.ts'
import { samplePhotos, scenePhoto } from './photos.ts'
import type { Plan } from './plan.ts'
import { Bench, type Run, type Setup, type Step } from './runs.ts'
import type { Sample } from './stages.ts'

/** What the page exports; `window.__result` is this as JSON. */
export interface Result {
  /** Of this form. */
  readonly format: 'lunula-benchmark-1'
  /** When it began, ISO 8601. */
  readonly date: string
  readonly environment: Environment
  readonly runs: Run[]
  readonly scores: Score[]
  /** Steps that failed or did not fit the budget, in words. */
  readonly notes: string[]
  readonly seconds: number
}

/** Told of everything while it happens. */
export interface Watcher {
  began(step: Step, index: number, count: number): void
  sample(sample: Sample): void
  ran(run: Run): void
  scored(score: Score): void
}

/** Measures a plan step by step. A step that fails is a note in the result, not the end. */
export async function measure(plan: Plan, stage: HTMLElement, watcher: Watcher, signal?: AbortSignal): Promise<Result> {
  const since = performance.now()
  const seconds = () => (performance.now() - since) / 1000
  const [date, where, photo] = [new Date().toISOString(), await environment(), await scenePhoto()]
  const result = { runs: [] as Run[], scores: [] as Score[], notes: [] as string[] }
  let open: { setup: string; bench: Bench } | undefined
  const benchFor = async (setup: Setup) => {
    const name = JSON.stringify(setup)
    if (open?.setup !== name) {
      await open?.bench.close()
      open = undefined
      open = { setup: name, bench: await Bench.open(setup, stage) }
    }
    return open.bench
  }
  const failures = new Set<string>()
  for (const [index, step] of plan.steps.entries()) {
    const name = JSON.stringify(step.setup)
    const words = `${step.scene}, ${step.width}x${step.height}, ${Object.values(step.setup).join(' ')}`
    if (signal?.aborted || failures.has(name)) continue
    if (seconds() > plan.budget) {
      result.notes.push(`${words}: not begun within ${plan.budget} s`)
      continue
    }
    watcher.began(step, index, plan.steps.length)
    try {
      const run = await (await benchFor(step.setup)).run(step, photo, (sample) => watcher.sample(sample), signal)
      result.runs.push(run)
      watcher.ran(run)
    } catch (thrown) {
      if (signal?.aborted) continue
      if (!open) failures.add(name) // no use in trying to open it again
      result.notes.push(`${words}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }
  if (plan.accuracy && !signal?.aborted && plan.steps[0]) {
    const { setup } = plan.steps[0]
    const { tryOn } = await benchFor(setup)
    const isReference = tryOn.backend === 'wasm' && setup.precision === 'float16'
    const photos = await samplePhotos()
    result.scores.push(...(await scorePhotos(tryOn, photos, isReference, (score) => watcher.scored(score), signal)))
  }
  await open?.bench.close()
  photo.close()
  return { format: 'lunula-benchmark-1', date, environment: where, ...result, seconds: Math.round(seconds()) }
}
