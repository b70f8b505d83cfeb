import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from '../../../sdk_src/src/session/metrics.ts'
import type { FrameDetail, Metric } from '../../../sdk_src/src/types.ts'
import { nailAt } from './nails.ts'

const timings = { frame: 1, hand: 2, roi: 1, pass1: 10, pass2: 5, post: 1, total: 20 }
const frame: FrameDetail = { nails: [nailAt(5, 6)], fps: 30, latencyMs: 20, timings, tier: 256, renderMs: 4 }
const common = { backend: 'wasm', modelVersion: 'abc' } as const

test('nothing that is derived from a picture is told', () => {
  const told: Metric[] = []
  const metrics = new Metrics((metric) => told.push(metric), 1)
  const since = performance.now()
  metrics.progress({ loaded: 0, total: 0, phase: 'models' })
  metrics.started(since, common)
  metrics.frame(frame)
  metrics.still(timings, 448, 30)
  metrics.recovered('context-lost', 'wasm')
  metrics.failed('camera-ended')
  assert.deepEqual(told.slice(1), [
    { type: 'inference', ...common, mode: 'video', timings, tier: 256, latencyMs: 20 },
    { type: 'inference', ...common, mode: 'still', timings, tier: 448, latencyMs: 30 },
    { type: 'recovered', ...common, from: 'context-lost' },
    { type: 'error', ...common, code: 'camera-ended' },
  ])
  const [start] = told
  assert(start?.type === 'start' && start.totalMs >= start.modelsMs)
})

test('inferences are sampled, everything else is told', () => {
  const told: string[] = []
  let turn = 0
  const metrics = new Metrics(
    ({ type }) => told.push(type),
    0.25,
    () => (turn++ % 8) / 8,
  )
  for (let i = 0; i < 80; i++) metrics.frame(frame)
  assert.equal(told.length, 20)
  metrics.failed('worker-failed')
  assert.equal(told.at(-1), 'error')
})

test('a hook that throws stops nothing', (t) => {
  const reported: unknown[] = []
  Object.assign(globalThis, { reportError: (thrown: unknown) => reported.push(thrown) })
  t.after(() => Reflect.deleteProperty(globalThis, 'reportError'))
  const wrong = new Error('analytics are down')
  new Metrics(() => {
    throw wrong
  }, 1).frame(frame)
  assert.deepEqual(reported, [wrong])
})
