import { BACKENDS, ENGINES } from 'lunula'
import type { Setup, Step } from './runs.ts'

/** What a page is asked to measure, in this order. */
export interface Plan {
  readonly steps: readonly Step[]
  /** Score the sample photos with the setup of the first step. */
  readonly accuracy: boolean
  /** Seconds after which no further step begins. */
  readonly budget: number
}

const SIZE = { width: 640, height: 480 }
const BASE: Setup = { engine: 'cascade', backend: 'auto', precision: 'float16', tier: 'auto' }
const TIERS = [256, 320, 384, 448, 512] as const

/**
 * The plan that the page's address asks for, or undefined: `?run=quick`, `?run=gpu`, or `?run=plan&plan=` and JSON of a
 * {@link Plan}. More in the address changes `quick` and `gpu`: `backends=wasm,webgl`, `frames=200`, `budget=60`.
 */
export function planFromAddress(address: URLSearchParams): Plan | undefined {
  const run = address.get('run')
  if (run === null) return undefined
  if (run === 'plan') return JSON.parse(address.get('plan') ?? '') as Plan
  const frames = Number(address.get('frames') ?? (run === 'gpu' ? 150 : 40))
  const budget = Number(address.get('budget') ?? 80)
  const wanted = address.get('backends')?.split(',') ?? (run === 'gpu' ? ['webgl', 'webgpu'] : ['auto'])
  const backends = wanted.filter((name): name is Setup['backend'] => ['auto', ...BACKENDS].includes(name as never))
  if (run === 'gpu') return { steps: gpuSteps(backends, frames), accuracy: false, budget }
  return { steps: backends.flatMap((backend) => quickSteps({ ...BASE, backend }, frames)), accuracy: false, budget }
}

function quickSteps(setup: Setup, frames: number): Step[] {
  return [
    { setup, scene: 'one hand', ...SIZE, frames },
    { setup, scene: 'two hands', ...SIZE, frames },
    { setup, scene: 'no hand', ...SIZE, frames },
  ]
}

/** The most wanted first: what does not fit the budget is the end. */
function gpuSteps(backends: readonly Setup['backend'][], frames: number): Step[] {
  const setups = backends.map((backend): Setup => ({ ...BASE, backend }))
  const others = ENGINES.filter((engine) => engine !== 'cascade')
  return [
    ...setups.flatMap((setup): Step[] => [
      ...quickSteps(setup, frames),
      { setup, scene: 'one hand', ...SIZE, seconds: 3 },
      { setup, scene: 'two hands', ...SIZE, seconds: 3 },
      { setup, scene: 'one hand', width: 1280, height: 720, frames: Math.ceil(frames / 3) },
    ]),
    ...setups.flatMap((setup) =>
      others.map((engine): Step => {
        return { setup: { ...setup, engine }, scene: 'one hand', ...SIZE, frames: Math.ceil(frames / 3) }
      }),
    ),
    ...setups.flatMap((setup) =>
      TIERS.map((tier): Step => {
        return { setup: { ...setup, tier }, scene: 'one hand', ...SIZE, frames: Math.ceil(frames / 3) }
      }),
    ),
  ]
}
