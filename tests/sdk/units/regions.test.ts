import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overlap, placed } from '../../../sdk_src/src/pipeline/regions.ts'

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
