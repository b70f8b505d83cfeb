import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LunulaError } from '../../../sdk_src/src/errors.ts'
import { resolveOptions } from '../../../sdk_src/src/options.ts'
import type { CreateOptions } from '../../../sdk_src/src/types.ts'

const HERE = 'https://shop.example/lib/index.js'
const PAGE = 'https://shop.example/nails/page.html'
const resolve = (options: unknown) => resolveOptions(options as CreateOptions, HERE, PAGE)

function refuses(run: () => unknown, option: string): void {
  assert.throws(run, (thrown) => {
    assert(thrown instanceof LunulaError)
    assert.equal(thrown.code, 'option-invalid')
    assert.match(thrown.message, new RegExp(`"${option}"`))
    return true
  })
}

test('every gap is filled', () => {
  assert.deepEqual(resolve({}), {
    assets: 'https://shop.example/lib/',
    engine: 'cascade',
    variant: 'standard',
    backend: 'auto',
    precision: 'float16',
    store: 'indexeddb',
    smoothing: 'one-euro',
    targetFps: 30,
    tier: 'auto',
    metricsSampleRate: 0.01,
  })
})

test('assets are relative to the page and end in a slash', () => {
  assert.equal(resolve({ assets: 'lunula' }).assets, 'https://shop.example/nails/lunula/')
  assert.equal(resolve({ assets: '/' }).assets, 'https://shop.example/')
  assert.equal(resolve({ assets: new URL('https://cdn.example/x/') }).assets, 'https://cdn.example/x/')
})

test('a wrong value is named with the right ones', () => {
  refuses(() => resolve({ backend: 'webnn' }), 'backend')
  refuses(() => resolve({ engine: 'detr' }), 'engine')
  refuses(() => resolve({ variant: 'r7d' }), 'variant')
  refuses(() => resolve({ precision: 'int8' }), 'precision')
  refuses(() => resolve({ store: 'disk' }), 'store')
  refuses(() => resolve({ smoothing: 'kalman' }), 'smoothing')
  for (const metricsSampleRate of [-0.1, 1.1, '1']) refuses(() => resolve({ metricsSampleRate }), 'metricsSampleRate')
  refuses(() => resolve({ onMetric: 'console.log' }), 'onMetric')
  for (const targetFps of [0, 121, Number.NaN, '30']) refuses(() => resolve({ targetFps }), 'targetFps')
  for (const tier of [257, '256', 'best']) refuses(() => resolve({ tier }), 'tier')
  refuses(() => resolve({ assets: 7 }), 'assets')
  refuses(() => resolve({ assets: 'http://' }), 'assets')
  refuses(() => resolve({ onProgress: true }), 'onProgress')
  refuses(() => resolve({ signal: {} }), 'signal')
  refuses(() => resolve(null), 'options')
})

test('a misspelt option is not ignored', () => {
  refuses(() => resolve({ asset: '/' }), 'asset')
})
