import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchNails } from '../../../sdk_src/src/tracking/match.ts'
import { RescanClock } from '../../../sdk_src/src/tracking/rescan.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import { nailAt } from './nails.ts'

const FRAME_MS = 33

test('ids stay with their nails when the order changes', () => {
  const tracker = new Tracker()
  const first = tracker.update([nailAt(100, 100), nailAt(150, 100), nailAt(200, 100)], 0)
  assert.deepEqual(new Set(first.map(({ id }) => id)).size, 3)
  const second = tracker.update([nailAt(204, 101), nailAt(103, 99), nailAt(152, 100)], FRAME_MS)
  assert.deepEqual(
    second.map(({ id }) => id),
    [first[2]!.id, first[0]!.id, first[1]!.id],
  )
})

test('a nail that comes later gets a new id', () => {
  const tracker = new Tracker()
  const [first] = tracker.update([nailAt(100, 100)], 0)
  const [same, other] = tracker.update([nailAt(100, 100), nailAt(300, 100)], FRAME_MS)
  assert.equal(same!.id, first!.id)
  assert.notEqual(other!.id, first!.id)
})

test('each old nail continues in one new nail only, the nearest; far ones do not match', () => {
  assert.deepEqual(matchNails([nailAt(100, 100)], [nailAt(110, 100), nailAt(102, 100)]), [-1, 0])
  assert.deepEqual(matchNails([nailAt(100, 100)], [nailAt(130, 100)]), [-1])
  assert.deepEqual(matchNails([], [nailAt(1, 1)]), [-1])
})

test('between two neighbours the finger decides', () => {
  const old = [nailAt(100, 100, { finger: 'index' }), nailAt(112, 100, { finger: 'middle' })]
  assert.deepEqual(matchNails(old, [nailAt(106, 100, { finger: 'middle' })]), [1])
})

test('on a still hand jitter falls below half', () => {
  const tracker = new Tracker()
  let seed = 1
  const noise = () => {
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647 - 0.5
  }
  const measured: number[] = []
  const shown: number[] = []
  for (let i = 0; i < 400; i++) {
    const x = 100 + noise()
    measured.push(x)
    shown.push(tracker.update([nailAt(x, 100)], i * FRAME_MS)[0]!.center.x)
  }
  const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + (x - 100) ** 2, 0) / values.length)
  assert(deviation(shown.slice(20)) < 0.55 * deviation(measured.slice(20)))
})

test('a fast nail is shown where it is', () => {
  const tracker = new Tracker()
  tracker.update([nailAt(100, 100)], 0)
  const [nail] = tracker.update([nailAt(112, 100)], FRAME_MS)
  assert.equal(nail!.center.x, 112)
})

test('mask, contour and keypoints move with the smoothed centre', () => {
  const tracker = new Tracker()
  tracker.update([nailAt(100, 100)], 0)
  const [nail] = tracker.update([nailAt(102, 100)], FRAME_MS)
  const { center, mask, contour, keypoints } = nail!
  assert(center.x > 100 && center.x < 102)
  const maskCenter = mask.transform[0] * 32 + mask.transform[1] * 32 + mask.transform[2]
  assert(Math.abs(maskCenter - center.x) < 1e-3)
  assert(Math.abs((contour[0]! + contour[2]!) / 2 - center.x) < 1e-3)
  assert(Math.abs(keypoints[0]!.x - center.x) < 1e-3)
  assert(Math.abs(mask.rect.x + 8 - center.x) < 1e-3)
})

test('directions turn the short way across pi', () => {
  const tracker = new Tracker()
  tracker.update([nailAt(100, 100, { direction: Math.PI - 0.05 })], 0)
  const [nail] = tracker.update([nailAt(100, 100, { direction: -Math.PI + 0.05 })], FRAME_MS)
  const offPi = Math.atan2(Math.sin(nail!.direction - Math.PI), Math.cos(nail!.direction - Math.PI))
  assert(Math.abs(offPi) < 0.06)
})

test('a lost nail is held for one inference, not for 150 ms', () => {
  const tracker = new Tracker()
  tracker.update([nailAt(100, 100)], 0)
  assert.equal(tracker.update([], 60).length, 1)
  assert.equal(tracker.update([], 150).length, 0)
})

test('reset forgets', () => {
  const tracker = new Tracker()
  const [before] = tracker.update([nailAt(100, 100)], 0)
  tracker.reset()
  const [after] = tracker.update([nailAt(100, 100)], 1)
  assert.notEqual(after!.id, before!.id)
})

test('the input is not changed', () => {
  const tracker = new Tracker()
  tracker.update([nailAt(100, 100)], 0)
  const nail = nailAt(101, 100)
  const copy = structuredClone(nail)
  tracker.update([nail], FRAME_MS)
  assert.deepEqual(nail, copy)
})

test('the whole frame is looked at first, on loss, and every 30 tracked frames', () => {
  const clock = new RescanClock()
  assert.equal(clock.tracks(), false)
  clock.saw(5)
  let tracked = 0
  for (; clock.tracks(); tracked++) clock.saw(5)
  assert.equal(tracked, 30)
  clock.saw(5)
  assert.equal(clock.tracks(), true)
  clock.saw(4)
  assert.equal(clock.tracks(), false)
  clock.saw(4)
  assert.equal(clock.tracks(), true)
  clock.saw(0)
  assert.equal(clock.tracks(), false)
  clock.saw(0)
  assert.equal(clock.tracks(), false)
})
