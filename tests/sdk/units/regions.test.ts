import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overlap, placed, reaching } from '../../../sdk_src/src/pipeline/regions.ts'

const square = (x: number, side = 100) => ({ x, y: 0, width: side, height: side })

test('hands that are new take the places in order', () => {
  assert.deepEqual(placed([square(0), square(300)], [undefined, undefined]), [square(0), square(300)])
  assert.deepEqual(placed([], [undefined, undefined]), [undefined, undefined])
})

test('a tracked hand keeps its place, however the detector ranks it', () => {
  const tracked = [{ x: 320, y: 20, width: 60, height: 30 }, undefined]
  assert.deepEqual(placed([square(0), square(300)], tracked), [square(300), square(0)])
})

test('a tracked hand that the detector missed keeps its region', () => {
  assert.deepEqual(placed([square(300)], [square(0), undefined]), [square(0), square(300)])
  assert.deepEqual(placed([], [undefined, square(0)]), [undefined, square(0)])
})

test('two detections of one tracked hand are not both it', () => {
  const [first, second] = placed([square(0), square(40)], [square(10), undefined])
  assert.deepEqual([first, second], [square(0), square(40)])
})

test('there is no room for a third hand', () => {
  assert.deepEqual(placed([square(900)], [square(0), square(300)]), [square(0), square(300)])
})

test('overlap is the share of the smaller', () => {
  assert.equal(overlap(square(0), square(200)), 0)
  assert.equal(overlap(square(0), { x: 10, y: 10, width: 10, height: 10 }), 1)
  assert.equal(overlap(square(0), square(50)), 0.5)
})

test('a hand is looked for as far ahead as it came, and where it was: a nail may have been missed there', () => {
  const frame = { width: 640, height: 480 }
  assert.deepEqual(reaching(square(50), undefined, frame), square(50))
  assert.deepEqual(reaching(square(50), square(50), frame), square(50))
  assert.deepEqual(reaching(square(60), square(50), frame), { x: 50, y: 0, width: 120, height: 100 })
  // A quarter of the region at most, and never outside the frame.
  assert.deepEqual(reaching(square(500), square(0), frame), { x: 475, y: 0, width: 150, height: 100 })
  assert.deepEqual(reaching(square(540), square(500), frame), { x: 515, y: 0, width: 125, height: 100 })
})
