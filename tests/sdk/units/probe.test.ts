/** What a probe's answer decides: a backend whose textures hold it is chosen, one that rounds to float16 is not. */

import assert from 'node:assert/strict'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { openBackend } from '../../../sdk_src/src/backends/select.ts'
import { expectedAnswer, holdAnswer, SMALL_GRAPH } from '../../../sdk_src/src/backends/tfjs/probe_answer.ts'
import type { Backend } from '../../../sdk_src/src/types.ts'
import { Failure } from '../../../sdk_src/src/worker/failure.ts'

/** Of float16: 10 bits of a mantissa, 2 ** -14 the least normal number. */
function toFloat16(value: number): number {
  const step = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -14))) - 10)
  return Math.round(value / step) * step
}

const exact = expectedAnswer(SMALL_GRAPH)
const ANSWERS = {
  holds: exact,
  float32: exact.map((value) => value * (1 + 2 ** -22)),
  float16: exact.map(toFloat16),
  short: exact.subarray(1),
  nothing: exact.map(() => Number.NaN),
}

/** What is opened where WebGL gives this answer twice as fast as WASM, whose answer is right. */
async function openedWith(answer: Float32Array, wanted: Backend | 'auto', remembered?: 'webgl') {
  Object.defineProperty(globalThis, 'navigator', {
    value: { userAgent: '', hardwareConcurrency: 1 },
    configurable: true,
  })
  const closed: string[] = []
  const device = (variant: string, values: Float32Array, ms: number) => ({
    open: async () => ({
      backend: variant,
      check: async () => holdAnswer(values, exact),
      measure: async () => ms,
      activate: async () => {},
      close: () => closed.push(variant),
    }),
  })
  Object.assign(globalThis, { devices: { wasm: device('wasm', exact, 20), webgl: device('webgl', answer, 10) } })
  const assets = await mkdtemp(join(tmpdir(), 'chunks-'))
  await writeFile(join(assets, 'package.json'), '{"type":"module"}')
  for (const name of ['wasm', 'webgl'])
    await writeFile(join(assets, `backend_${name}.js`), `export const open = () => devices.${name}.open()`)
  const choice = {
    wanted,
    remembered,
    assets: `${pathToFileURL(assets).href}/`,
    engine: 'cascade',
    onLost: () => {},
  } as const
  const { variant } = await openBackend(choice)
  return { variant, closed }
}

test('an answer that holds chooses the faster backend, whatever its textures are', async () => {
  for (const name of ['holds', 'float32'] as const) {
    assert.deepEqual(await openedWith(ANSWERS[name], 'auto'), { variant: 'webgl', closed: ['wasm'] }, name)
    assert.equal((await openedWith(ANSWERS[name], 'webgl')).variant, 'webgl', name)
  }
})

test('an answer that is off, as float16 textures make it, does not, however fast', async () => {
  for (const name of ['float16', 'short', 'nothing'] as const) {
    assert.deepEqual(await openedWith(ANSWERS[name], 'auto'), { variant: 'wasm', closed: ['webgl'] }, name)
    await assert.rejects(
      openedWith(ANSWERS[name], 'webgl'),
      (thrown) =>
        thrown instanceof Failure && thrown.code === 'backend-unavailable' && /is off by/.test(thrown.message),
    )
  }
})

test('a backend that was chosen the last time has to hold its answer again', async () => {
  assert.equal((await openedWith(ANSWERS.holds, 'auto', 'webgl')).variant, 'webgl')
  assert.equal((await openedWith(ANSWERS.float16, 'auto', 'webgl')).variant, 'wasm')
})

test('what float16 loses in one layer is ten times what is allowed', () => {
  assert.throws(() => holdAnswer(ANSWERS.float16, exact), /off by [1-9]\.\de-4, allowed is 1e-4/)
})
