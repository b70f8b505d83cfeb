import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sha256 } from '../../../sdk_src/src/models_cache/digest.ts'
import * as inJs from '../../../sdk_src/src/models_cache/digest_in_js.ts'
import { entriesOf, parseManifest, variantOf } from '../../../sdk_src/src/models_cache/manifest.ts'
import { storeLater } from '../../../sdk_src/src/models_cache/store_later.ts'

const reference = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

test('the digest in JavaScript is SHA-256 at every length around a block', () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_001]) {
    const data = new Uint8Array(randomBytes(length))
    assert.equal(Buffer.from(inJs.digestInJs(data)).toString('hex'), reference(data), `${length} bytes`)
  }
})

test('sha256 is the same with and without crypto.subtle', async () => {
  const data = new Uint8Array(randomBytes(12_345))
  assert.equal(await sha256(data.buffer), reference(data))
  const real = Object.getOwnPropertyDescriptor(globalThis, 'crypto')!
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true })
  try {
    assert.equal(await sha256(data.buffer, async () => inJs), reference(data))
  } finally {
    Object.defineProperty(globalThis, 'crypto', real)
  }
})

const entry = (path: string) => ({ path, sha256: 'a'.repeat(64), bytes: 3 })
const variant = { model: entry('m/f/model.json'), shards: [entry('m/f/1.bin')], input: 'x:0', outputs: { y: 'y:0' } }
const good = { format: 1, version: 'v', models: { nail_heatmap: { version: '1', variants: { float16: variant } } } }

test('a good manifest is read', () => {
  const manifest = parseManifest(JSON.stringify(good), 'm.json')
  assert.deepEqual(
    entriesOf(manifest).map(({ path }) => path),
    ['m/f/model.json', 'm/f/1.bin'],
  )
  assert.equal(variantOf(manifest, 'nail_heatmap', 'float16', 'm.json').input, 'x:0')
})

test('a missing model or form of it is named', () => {
  const manifest = parseManifest(JSON.stringify(good), 'm.json')
  assert.throws(() => variantOf(manifest, 'nail_patch', 'float16', 'm.json'), { code: 'manifest-invalid' })
  assert.throws(() => variantOf(manifest, 'nail_heatmap', 'uint8', 'm.json'), /uint8/)
})

test('a bad manifest is refused, a page of HTML is called one', () => {
  const withEntry = (changes: object) => {
    const changed = structuredClone(good)
    Object.assign(changed.models.nail_heatmap.variants.float16.shards[0]!, changes)
    return JSON.stringify(changed)
  }
  const bad = [
    '',
    '{',
    'null',
    '[]',
    '{"format":2}',
    '{"format":1,"version":"v"}',
    '{"format":1,"version":"v","models":{"a":null}}',
    withEntry({ sha256: 'A'.repeat(64) }),
    withEntry({ bytes: 0 }),
    withEntry({ bytes: '3' }),
    withEntry({ path: 'https://elsewhere.example/x' }),
    withEntry({ path: '/etc/passwd' }),
    withEntry({ path: 'a/../../b' }),
  ]
  for (const text of bad) assert.throws(() => parseManifest(text, 'm.json'), { code: 'manifest-invalid' }, text)
  assert.throws(() => parseManifest('\n<!doctype html>', 'm.json'), /HTML page/)
})

test('storing is tried again until it works, or there are no more times', async () => {
  let tries = 0
  assert.equal(await storeLater(async () => ++tries === 2, [0, 0, 0]), true)
  assert.equal(tries, 2)
  assert.equal(await storeLater(async () => ++tries > 99, [0, 0, 0]), false)
  assert.equal(tries, 5)
})
