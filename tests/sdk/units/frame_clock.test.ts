import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameClock } from '../../../sdk_src/src/session/frame_clock.ts'

test('frames keep the spacing of the camera, not of the callbacks', () => {
  const clock = new FrameClock()
  const times = [0, 1, 2, 3, 4].map((i) => clock.tick(5000 + 40 * i, 1000 + 40 * i + (i % 2) * 16))
  assert.deepEqual(times, [1000, 1040, 1080, 1120, 1160])
  assert.equal(clock.of(5120), 1120)
})

test('after a seek, a pause or at another speed time goes on with the clock, never back', () => {
  const clock = new FrameClock()
  assert.equal(clock.tick(9000, 1000), 1000)
  assert.equal(clock.tick(0, 1040), 1040)
  assert.equal(clock.tick(40, 6000), 6000)
  let last = 6000
  for (let i = 1; i < 100; i++) {
    const time = clock.tick(40 + 20 * i, 6000 + 40 * i)
    assert(time >= last && Math.abs(time - (6000 + 40 * i)) <= 100)
    last = time
  }
})

test('media time that stands still is replaced by the clock', () => {
  const clock = new FrameClock()
  assert.deepEqual(
    [0, 33, 66, 99].map((now) => clock.tick(0, now)),
    [0, 33, 66, 99],
  )
})

test('a timestamp of another origin is not used', () => {
  const clock = new FrameClock()
  assert.equal(clock.of(0), undefined)
  clock.tick(5000, 1000)
  assert.equal(clock.of(123), undefined)
})
