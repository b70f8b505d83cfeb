/** What the nails of one hand say about each other: together they go, farther than one alone could be followed. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { driftOf, rateOf } from '../../../sdk_src/src/tracking/hand_motions.ts'
import { matchNails } from '../../../sdk_src/src/tracking/match.ts'
import { poseOf } from '../../../sdk_src/src/tracking/pose.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Finger, Nail } from '../../../sdk_src/src/types.ts'
import { nailAt } from './nails.ts'

const FRAME_MS = 1000 / 30
const FINGERS: Finger[] = ['index', 'middle', 'ring', 'little']

/** Four nails of 20 pixels, 40 pixels from one to the next. */
function hand(x: number, number = 0): Nail[] {
  return FINGERS.map((finger, i) => nailAt(x + 40 * i, 200, { finger, hand: number }))
}

const expected = (nail: Nail) => ({ ...poseOf(nail), finger: nail.finger, hand: nail.hand })

test('a hand that jumps by one finger keeps its ids: all fingers agree', () => {
  assert.deepEqual(matchNails(hand(100).map(expected), hand(140)), [0, 1, 2, 3])
  assert.deepEqual(matchNails(hand(100).map(expected), hand(190)), [0, 1, 2, 3])
})

test('one nail alone is no hand: far off it is another', () => {
  assert.deepEqual(matchNails(hand(100).slice(0, 1).map(expected), hand(140).slice(0, 1)), [-1])
})

test('a hand that appears elsewhere is no continuation', () => {
  assert.deepEqual(matchNails(hand(100).map(expected), hand(400)), [-1, -1, -1, -1])
})

test('two hands whose places are exchanged stay where they are', () => {
  const old = [...hand(50, 0), ...hand(350, 1)].map(expected)
  assert.deepEqual(matchNails(old, [...hand(50, 1), ...hand(350, 0)]), [0, 1, 2, 3, 4, 5, 6, 7])
})

test('one hand jumps, the other rests', () => {
  const old = [...hand(50, 0), ...hand(350, 1)].map(expected)
  assert.deepEqual(matchNails(old, [...hand(130, 0), ...hand(350, 1)]), [0, 1, 2, 3, 4, 5, 6, 7])
})

/** A hand at 300 pixels a second, an inference a frame whose result comes at once; what is seen of it in each. */
function moving(frames: number, seen: (nails: Nail[], frame: number) => Nail[]): Nail[] {
  const tracker = new Tracker()
  let drawn: Nail[] = []
  for (let frame = 0; frame < frames; frame++) {
    const time = frame * FRAME_MS
    tracker.update(seen(hand(100 + 0.3 * time), frame), time)
    drawn = tracker.at(time)
  }
  return drawn
}

const off = (nail: Nail | undefined, x: number) => Math.abs(nail!.center.x - x)

test('a nail that is missed moves on with its hand', () => {
  const nails = moving(20, (nails, frame) => (frame < 17 ? nails : nails.slice(1)))
  const index = nails.find(({ finger }) => finger === 'index')
  assert(off(index, 100 + 0.3 * 19 * FRAME_MS) < 3)
})

test('a nail that is new moves with its hand at once', () => {
  const tracker = new Tracker()
  for (let frame = 0; frame < 20; frame++) {
    const nails = hand(100 + 0.3 * frame * FRAME_MS)
    tracker.update(frame < 19 ? nails.slice(1) : nails, frame * FRAME_MS)
  }
  const later = tracker.at(22 * FRAME_MS).find(({ finger }) => finger === 'index')
  assert(off(later, 100 + 0.3 * 22 * FRAME_MS) < 4)
})

test('a hand that stops at once is caught up with in three frames', () => {
  const tracker = new Tracker()
  const at = (frame: number) => 100 + 0.6 * Math.min(frame, 20) * FRAME_MS
  for (let frame = 0; frame <= 24; frame++) {
    tracker.update(hand(at(frame)), frame * FRAME_MS)
    const [first] = tracker.at(frame * FRAME_MS)
    if (frame === 24) assert(off(first, at(20)) < 2, `${off(first, at(20))}`)
  }
})

test('two nails have to be seen to speak for their hand', () => {
  const speaker = (x: number, hand = 0) => ({ hand, before: 1 - hand, drift: { x, y: 0 }, rate: { x: 10 * x, y: 0 } })
  assert.equal(rateOf([speaker(2), speaker(8, 1)], 0), undefined)
  assert.deepEqual(rateOf([speaker(2), speaker(4), speaker(9, 1)], 0), { x: 30, y: 0 })
  // Exchanged names: a nail that was not seen is still called as before.
  assert.deepEqual(driftOf([speaker(2), speaker(4), speaker(9, 1)], 1), { x: 3, y: 0 })
})
