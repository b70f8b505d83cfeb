import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchNails } from '../../../sdk_src/src/tracking/match.ts'
import { poseOf } from '../../../sdk_src/src/tracking/pose.ts'
import { RescanClock } from '../../../sdk_src/src/tracking/rescan.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Nail } from '../../../sdk_src/src/types.ts'
import { nailAt } from './nails.ts'

const FRAME_MS = 33

/** An inference whose result comes at once, and what is drawn then. */
function show(tracker: Tracker, nails: Nail[], time: number): Nail[] {
  tracker.update(nails, time)
  return tracker.at(time)
}

const expected = (nail: Nail) => ({ ...poseOf(nail), finger: nail.finger, hand: nail.hand })

test('ids stay with their nails when the order changes', () => {
  const tracker = new Tracker()
  const first = show(tracker, [nailAt(100, 100), nailAt(150, 100), nailAt(200, 100)], 0)
  assert.deepEqual(new Set(first.map(({ id }) => id)).size, 3)
  const second = show(tracker, [nailAt(204, 101), nailAt(103, 99), nailAt(152, 100)], FRAME_MS)
  assert.deepEqual(
    second.map(({ id }) => id),
    [first[2]!.id, first[0]!.id, first[1]!.id],
  )
})

test('a nail that comes later gets a new id', () => {
  const tracker = new Tracker()
  const [first] = show(tracker, [nailAt(100, 100)], 0)
  const [same, other] = show(tracker, [nailAt(100, 100), nailAt(300, 100)], FRAME_MS)
  assert.equal(same!.id, first!.id)
  assert.notEqual(other!.id, first!.id)
})

test('each old nail continues in one new nail only, the nearest; far ones do not match', () => {
  const old = [expected(nailAt(100, 100))]
  assert.deepEqual(matchNails(old, [nailAt(110, 100), nailAt(102, 100)]), [-1, 0])
  assert.deepEqual(matchNails(old, [nailAt(130, 100)]), [-1])
  assert.deepEqual(matchNails([], [nailAt(1, 1)]), [-1])
})

test('between two neighbours the finger decides', () => {
  const old = [nailAt(100, 100, { finger: 'index' }), nailAt(112, 100, { finger: 'middle' })].map(expected)
  assert.deepEqual(matchNails(old, [nailAt(106, 100, { finger: 'middle' })]), [1])
})

test('a nail is looked for where it moves to, so a fast one keeps its id', () => {
  const tracker = new Tracker()
  const ids = new Set<number>()
  for (let i = 0; i < 20; i++)
    for (const { id } of show(tracker, [nailAt(i < 3 ? 100 + 20 * i : 140 + 40 * (i - 2), 100)], i * FRAME_MS))
      ids.add(id)
  assert.equal(ids.size, 1)
})

test('a first measurement that was off is not taken for motion, where the other nails of the hand say so', () => {
  const places = [50, 100, 150, 200, 250]
  for (const step of [0, 6]) {
    const tracker = new Tracker('none')
    const seen = (time: number) => places.map((x) => nailAt(x + (step * time) / FRAME_MS, 100))
    const off = nailAt(places[1]!, 105, { size: { length: 28, width: 20 } })
    tracker.update(seen(0).with(1, off), 0)
    tracker.update(seen(FRAME_MS), FRAME_MS)
    const drawn = tracker.at(4 * FRAME_MS)
    for (const [index, { center, size }] of drawn.entries()) {
      assert(Math.abs(center.x - (places[index]! + 4 * step)) < 3, `${center.x}`)
      assert(Math.abs(center.y - 100) < 2, `${center.y}`)
      assert(Math.abs(size.length - 20) < 2, `${size.length}`)
    }
  }
})

test('mask, contour, keypoints and size move as one with the smoothed pose', () => {
  const tracker = new Tracker()
  show(tracker, [nailAt(100, 100)], 0)
  const turned = { direction: -Math.PI / 2 + 0.3, size: { length: 24, width: 18 } }
  const [nail] = show(tracker, [nailAt(104, 101, turned)], FRAME_MS)
  const { center, direction, size, mask, contour, keypoints } = nail!
  assert(center.x > 100 && center.x < 104)
  assert(direction > -Math.PI / 2 && direction < turned.direction)
  assert(size.length > 20 && size.length < 24)
  // The measured nail's own points, told in its axes, are where the shown axes put them.
  const place = (x: number, y: number) => {
    const [along, across] = inAxes({ x: 104, y: 101 }, turned.direction, x, y)
    const [u, v] = [(along * size.length) / 24, (across * size.width) / 18]
    const [c, s] = [Math.cos(direction), Math.sin(direction)]
    return [center.x + c * u - s * v, center.y + s * u + c * v] as const
  }
  const near = ([x, y]: readonly [number, number], [p, q]: readonly [number, number]) =>
    assert(Math.hypot(x - p, y - q) < 1e-3)
  const measured = nailAt(104, 101, turned)
  near([keypoints[1]!.x, keypoints[1]!.y], place(measured.keypoints[1]!.x, measured.keypoints[1]!.y))
  near([contour[0]!, contour[1]!], place(measured.contour[0]!, measured.contour[1]!))
  for (const [x, y] of [
    [0, 0],
    [64, 10],
  ] as const) {
    const [a, b, c, d, e, f] = measured.mask.transform
    const [A, B, C, D, E, F] = mask.transform
    near([A * x + B * y + C, D * x + E * y + F], place(a * x + b * y + c, d * x + e * y + f))
  }
  assert.equal(mask.rect.x, Math.min(contour[0]!, contour[2]!, contour[4]!, contour[6]!))
})

function inAxes(center: { x: number; y: number }, direction: number, x: number, y: number): [number, number] {
  const [c, s] = [Math.cos(direction), Math.sin(direction)]
  return [c * (x - center.x) + s * (y - center.y), -s * (x - center.x) + c * (y - center.y)]
}

test('without smoothing a first sight is shown as measured', () => {
  const nail = nailAt(100, 100)
  const [shown] = show(new Tracker('none'), [nail], 0)
  assert.deepEqual(shown!.contour, nail.contour)
  assert.deepEqual(shown!.center, nail.center)
})

test('directions turn the short way across pi', () => {
  const tracker = new Tracker()
  show(tracker, [nailAt(100, 100, { direction: Math.PI - 0.05 })], 0)
  for (let i = 1; i < 30; i++) {
    const [nail] = show(tracker, [nailAt(100, 100, { direction: -Math.PI + 0.05 })], i * FRAME_MS)
    const offPi = Math.atan2(Math.sin(nail!.direction - Math.PI), Math.cos(nail!.direction - Math.PI))
    assert(Math.abs(offPi) < 0.06)
    assert(Math.abs(nail!.direction) <= Math.PI)
  }
})

test('base and tip exchanged for two inferences do not turn the nail; for three they do', () => {
  const tracker = new Tracker()
  const back = nailAt(100, 100, { direction: Math.PI / 2, keypoints: nailAt(100, 100).keypoints.toReversed() })
  const up = () => tracker.at(time)[0]!.direction < 0
  let time = 0
  for (; time < 300; time += FRAME_MS) tracker.update([nailAt(100, 100)], time)
  for (let i = 0; i < 2; i++, time += FRAME_MS) {
    tracker.update([back], time)
    assert(up())
    assert(tracker.at(time)[0]!.keypoints[1]!.y < 100)
  }
  time += FRAME_MS
  tracker.update([back], time)
  assert(!up())
})

test("a finger's name changes when three inferences in a row say so", () => {
  const tracker = new Tracker()
  const other = nailAt(100, 100, { finger: 'middle' })
  const names = [nailAt(100, 100), other, nailAt(100, 100), other, other, other].map(
    (nail, i) => show(tracker, [nail], i * FRAME_MS)[0]!.finger,
  )
  assert.deepEqual(names, ['index', 'index', 'index', 'index', 'index', 'middle'])
})

test('a weak nail is shown when it is seen twice, and then as long as it is seen', () => {
  const tracker = new Tracker()
  const weak = nailAt(100, 100, { confidence: 0.45 })
  assert.equal(show(tracker, [weak], 0).length, 0)
  assert.equal(show(tracker, [], FRAME_MS).length, 0)
  assert.equal(show(tracker, [weak], 2 * FRAME_MS).length, 0)
  assert.equal(show(tracker, [weak], 3 * FRAME_MS).length, 1)
  assert.equal(show(tracker, [weak], 4 * FRAME_MS).length, 1)
})

test('a lost nail is held over one inference, not longer than 150 ms', () => {
  const tracker = new Tracker()
  show(tracker, [nailAt(100, 100)], 0)
  assert.equal(show(tracker, [], 60).length, 1)
  assert.equal(tracker.at(149).length, 1)
  assert.equal(tracker.at(151).length, 0)
})

test('a nail that is back within half a second has its id again, and is drawn where it is', () => {
  const tracker = new Tracker()
  const [first] = show(tracker, [nailAt(100, 100)], 0)
  show(tracker, [], 100)
  assert.equal(tracker.at(300).length, 0)
  const [back] = show(tracker, [nailAt(106, 100)], 450)
  assert.equal(back!.id, first!.id)
  assert(Math.abs(back!.center.x - 106) < 1.5)
  show(tracker, [], 500)
  const [other] = show(tracker, [nailAt(106, 100)], 1000)
  assert.notEqual(other!.id, first!.id)
})

test('without any more results nails end 150 ms after the last one', () => {
  const tracker = new Tracker()
  for (let i = 0; i < 10; i++) tracker.update([nailAt(100, 100)], i * FRAME_MS, i * FRAME_MS + 60)
  assert.equal(tracker.at(9 * FRAME_MS + 60 + 149).length, 1)
  assert.equal(tracker.at(9 * FRAME_MS + 60 + 151).length, 0)
})

test('where an inference takes longer than 150 ms nails do not blink', () => {
  const tracker = new Tracker()
  tracker.update([nailAt(100, 100)], 0, 300)
  tracker.update([nailAt(100, 100)], 300, 600)
  for (let time = 600; time < 900; time += FRAME_MS) assert.equal(tracker.at(time).length, 1)
  tracker.update([], 600, 900)
  assert.equal(tracker.at(900).length, 0)
})

test('reset forgets', () => {
  const tracker = new Tracker()
  const [before] = show(tracker, [nailAt(100, 100)], 0)
  tracker.reset()
  const [after] = show(tracker, [nailAt(100, 100)], 1)
  assert.notEqual(after!.id, before!.id)
})

test('the input is not changed', () => {
  const tracker = new Tracker()
  show(tracker, [nailAt(100, 100)], 0)
  const nail = nailAt(101, 100)
  const copy = structuredClone(nail)
  show(tracker, [nail], FRAME_MS)
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

test('a nail that starts with a jerk is not drawn where nobody knows it to be; the next inference shows it again', () => {
  const tracker = new Tracker()
  for (let time = 0; time <= 320; time += 80) show(tracker, [nailAt(100, 100)], time)
  const { length } = nailAt(100, 100).size
  tracker.update([nailAt(100 + length, 100)], 400, 480)
  assert.equal(tracker.at(500).length, 1)
  assert.equal(tracker.at(530).length, 0)
  const [now] = tracker.at(500)
  tracker.update([nailAt(100 + 2 * length, 100)], 480, 560)
  assert.deepEqual(
    tracker.at(570).map(({ id }) => id),
    [now!.id],
  )
})
