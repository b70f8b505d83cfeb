/**
 * The benchmark page: what this browser makes of the SDK, stage by stage. A form asks for one run after another; an
 * address with `?run=` (see plan.ts) measures at once and leaves its result in `window.__result`, as JSON.
 */
import { BACKENDS, ENGINES } from 'lunula'
import { element } from '../elements.ts'
import { scorePhotos } from './accuracy.ts'
import { Chart, legend } from './chart.ts'
import { measure, type Result, type Watcher } from './measure.ts'
import { chosenPhotos } from './photos.ts'
import { type Plan, planFromAddress } from './plan.ts'
import { Bench, type Setup, type Step } from './runs.ts'
import { SCENES } from './scenes.ts'
import { runTable, scoreTable } from './tables.ts'

declare global {
  /** What scripts wait for. */
  var __result: string | undefined
}

const form = element('form', HTMLFormElement)
const startButton = element('start', HTMLButtonElement)
const stopButton = element('stop', HTMLButtonElement)
const exportButton = element('export', HTMLButtonElement)
const photosInput = element('photos', HTMLInputElement)
const status = element('status', HTMLElement)
const results = element('results', HTMLElement)
const stage = element('stage', HTMLElement)
const chart = new Chart(element('chart', HTMLCanvasElement))
const measured: Result[] = []
let running: AbortController | undefined
const watcher: Watcher = {
  began({ scene, width, height, setup }, index, count) {
    chart.clear()
    say(`${index + 1} of ${count}: ${scene}, ${width}x${height}, ${setup.engine} on ${setup.backend}`)
  },
  sample: (sample) => chart.add(sample),
  ran: (run) => results.prepend(runTable(run)),
  scored: ({ photo }) => say(`Scored ${photo}`),
}

element('legend', HTMLElement).append(...legend())
choices('engine', ENGINES)
choices('backend', ['auto', ...BACKENDS])
choices('scene', SCENES, 'one hand')
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void run(planFromForm())
})
stopButton.addEventListener('click', () => running?.abort())
exportButton.addEventListener('click', save)
photosInput.addEventListener('change', () => void score([...(photosInput.files ?? [])]))
void fromAddress()

async function fromAddress(): Promise<void> {
  try {
    const plan = planFromAddress(new URLSearchParams(location.search))
    if (plan) globalThis.__result = JSON.stringify(await run(plan))
  } catch (thrown) {
    globalThis.__result = JSON.stringify({ error: String(thrown) })
  }
}

/** Measures a plan and shows it; throws what no note of the result could say. */
async function run(plan: Plan): Promise<Result> {
  const result = await busy((signal) => measure(plan, stage, watcher, signal))
  if (result.scores.length > 0) results.prepend(scoreTable(result.scores))
  keep(result)
  say([`Done in ${result.seconds} s.`, ...result.notes].join(' '))
  return result
}

/** Scores photos of the person's own. */
async function score(files: readonly File[]): Promise<void> {
  const [step] = planFromForm().steps as [Step]
  try {
    await busy(async (signal) => {
      say('Loading')
      const bench = await Bench.open(step.setup, stage)
      const isReference = bench.tryOn.backend === 'wasm' && step.setup.precision === 'float16'
      const scores = await scorePhotos(bench.tryOn, chosenPhotos(files), isReference, watcher.scored, signal)
      results.prepend(scoreTable(scores))
      await bench.close()
      say(`Scored ${scores.length} photos.`)
    })
  } catch {
    // Told by busy.
  }
  photosInput.value = ''
}

/** One at a time; what it throws is told, then thrown on. */
async function busy<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  running?.abort()
  const mine = new AbortController()
  running = mine
  document.documentElement.dataset.state = 'busy'
  startButton.disabled = photosInput.disabled = true
  stopButton.disabled = false
  try {
    return await work(mine.signal)
  } catch (thrown) {
    say(mine.signal.aborted ? 'Stopped.' : `This did not work: ${thrown instanceof Error ? thrown.message : thrown}`)
    throw thrown
  } finally {
    startButton.disabled = photosInput.disabled = false
    stopButton.disabled = true
    document.documentElement.dataset.state = 'ready'
  }
}

function planFromForm(): Plan {
  const fields = new FormData(form)
  const text = (name: string) => String(fields.get(name))
  const [width, height] = text('size').split('x').map(Number) as [number, number]
  const tier = text('tier') === 'auto' ? 'auto' : (Number(text('tier')) as Setup['tier'])
  const setup = { engine: text('engine'), backend: text('backend'), precision: text('precision'), tier } as Setup
  const amount = text('how') === 'frames' ? { frames: Number(text('amount')) } : { seconds: Number(text('amount')) }
  const step = { setup, scene: text('scene') as Step['scene'], width, height, ...amount }
  return { steps: [step], accuracy: fields.has('accuracy'), budget: 600 }
}

/** Fills a select with what this version of the SDK has. */
function choices(id: string, values: readonly string[], chosen = values[0]): void {
  const options = values.map((value) => new Option(value, value, value === chosen, value === chosen))
  element(id, HTMLSelectElement).append(...options)
}

function keep(result: Result): void {
  measured.push(result)
  exportButton.disabled = false
}

/** All results of this visit as one file. */
function save(): void {
  const file = new Blob([JSON.stringify(measured, null, 1)], { type: 'application/json' })
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: 'lunula.json' })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

function say(words: string): void {
  status.textContent = words
}
