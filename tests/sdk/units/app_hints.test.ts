import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hintFor, SteadyHint } from '../../../sdk_src/app/hints.ts'
import { measure } from '../../../sdk_src/app/light.ts'
import { moved, WHOLE, zoomed } from '../../../sdk_src/app/zoom.ts'

const LIT = { mean: 110, clipped: 0.02 }
const nails = (count: number, length = 30, hands = 1) =>
  Array.from({ length: count }, (_, at) => ({ hand: at % hands, size: { length, width: length * 0.7 } }))
const scene = (part: object) => ({ nails: nails(5), width: 640, height: 480, light: LIT, ...part })

test('a hand in good light needs no hint', () => {
  assert.equal(hintFor(scene({})), null)
  assert.equal(hintFor(scene({ light: null })), null)
})

test('what is wrong is told, the worst first', () => {
  assert.equal(hintFor(scene({ nails: [] })), 'no-hand')
  assert.equal(hintFor(scene({ nails: [], light: { mean: 20, clipped: 0 } })), 'dark')
  assert.equal(hintFor(scene({ light: { mean: 20, clipped: 0 } })), 'dark')
  assert.equal(hintFor(scene({ nails: [], light: { mean: 240, clipped: 0.8 } })), 'bright')
  assert.equal(hintFor(scene({ nails: nails(5, 10) })), 'too-far')
  assert.equal(hintFor(scene({ nails: nails(11) })), 'too-many')
  assert.equal(hintFor(scene({ nails: nails(9, 30, 3) })), 'too-many')
})

test('a hint waits until it has held, and goes at once', () => {
  const steady = new SteadyHint(1000)
  assert.equal(steady.at('no-hand', 0), null)
  assert.equal(steady.at('no-hand', 999), null)
  assert.equal(steady.at('no-hand', 1000), 'no-hand')
  assert.equal(steady.at('dark', 1100), 'no-hand', 'until the next one has held')
  assert.equal(steady.at('dark', 2100), 'dark')
  assert.equal(steady.at(null, 2101), null)
})

test('light is the mean luma and the share of white', () => {
  const pixels = new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
  const { mean, clipped } = measure(pixels)
  assert.equal(clipped, 0.25)
  assert.ok(Math.abs(mean - 63.75) < 0.01)
})

test('zooming keeps what is under the fingers, and stays within the picture', () => {
  const near = zoomed(WHOLE, 2, 50, -20, 400, 300)
  assert.deepEqual(near, { scale: 2, x: -50, y: 20 })
  assert.deepEqual(zoomed(near, 0.1, 0, 0, 400, 300), { scale: 1, x: 0, y: 0 })
  assert.equal(zoomed(WHOLE, 100, 0, 0, 400, 300).scale, 8)
  assert.deepEqual(moved(near, 1000, -1000, 400, 300), { scale: 2, x: 200, y: -150 })
})
