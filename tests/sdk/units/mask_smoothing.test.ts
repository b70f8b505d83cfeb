/** The smoothed mask: still where the hand is still, without smear where it moves, and soon there when the shape changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MaskSmoother } from '../../../sdk_src/src/tracking/mask_smoothing.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Nail, Smoothing } from '../../../sdk_src/src/types.ts'
import { gaussian, rms } from './motion_film.ts'
import { nailAt } from './nails.ts'

const SIDE = 64
/** 15 inferences a second. */
const INTERVAL_MS = 1000 / 15

/** A soft ellipse of so many mask pixels, its edge off by `noise` in each direction. */
function ellipse(rx: number, ry: number, noise = () => 0): Uint8Array {
  const waves = Array.from({ length: 6 }, () => noise())
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) + 0.5 - SIDE / 2, Math.floor(i / SIDE) + 0.5 - SIDE / 2]
    const angle = Math.atan2(y / ry, x / rx)
    const wave = waves.reduce((sum, amplitude, k) => sum + amplitude * Math.cos((k + 1) * angle + k), 0)
    const inside = (1 - Math.hypot(x / rx, y / ry)) * Math.min(rx, ry) + wave
    return 255 / (1 + Math.exp(-2 * inside))
  })
}

/** A nail of 20 x 16 pixels with a mask of half its size a pixel, wherever it lies. */
function nailWith(data: Uint8Array, x: number, y: number, changes: Partial<Nail> = {}): Nail {
  const nail = nailAt(x, y, changes)
  return { ...nail, mask: { ...nail.mask, data } }
}

const differences = (one: Uint8Array, other: Uint8Array) => Array.from(one, (value, i) => value - other[i]!)

/** Root mean square of what a mask's pixels differ by from one inference to the next, of 255. */
function trembling(kind: Smoothing, path: (step: number) => number): number {
  const smoother = new MaskSmoother(kind)
  const noise = gaussian(3)
  const masks = Array.from({ length: 120 }, (_, step) => {
    const data = ellipse(16, 20, () => 0.5 * noise())
    return smoother.next(nailWith(data, path(step), 240), step * INTERVAL_MS, 0).data
  }).slice(15)
  return rms(masks.slice(1).flatMap((mask, i) => differences(mask, masks[i]!)))
}

for (const [name, path] of [
  ['still', () => 320],
  ['moving', (step: number) => 100.3 + 4.7 * step],
] as const) {
  test(`on a ${name} hand the mask trembles less than half as much`, (t) => {
    const none = trembling('none', path)
    for (const kind of ['one-euro', 'exponential'] as const) {
      const smoothed = trembling(kind, path)
      t.diagnostic(`${kind}: ${smoothed.toFixed(1)} of 255, without ${none.toFixed(1)}`)
      assert(smoothed < (kind === 'one-euro' ? 0.5 : 0.65) * none, `${kind} ${smoothed}, none ${none}`)
    }
  })
}

test('a hand that moves, turns and comes closer smears nothing', () => {
  const smoother = new MaskSmoother('one-euro')
  const data = ellipse(16, 20)
  for (let step = 0; step < 30; step++) {
    const [scale, turn] = [1 + 0.02 * step, 0.05 * step]
    const nail = nailWith(data, 100 + 6.3 * step, 200 - 2.2 * step)
    const [c, s] = [0.5 * scale * Math.cos(turn), 0.5 * scale * Math.sin(turn)]
    const { x, y } = nail.center
    nail.mask.transform = [c, -s, x - 32 * (c - s), s, c, y - 32 * (s + c)]
    nail.size = { length: 20 * scale, width: 16 * scale }
    nail.direction = turn - Math.PI / 2
    const shown = smoother.next(nail, step * INTERVAL_MS, 0)
    const worst = Math.max(...differences(shown.data, data).map(Math.abs))
    assert(worst <= 12, `step ${step}: ${worst} of 255`) // resampling alone
  }
})

test('a shape that changes is there within half a second, sooner when the size changes too', () => {
  const stepsUntilThere = (speed: number) => {
    const smoother = new MaskSmoother('one-euro')
    for (let step = 0; step < 5; step++) smoother.next(nailWith(ellipse(16, 20), 320, 240), step * INTERVAL_MS, 0)
    const narrow = ellipse(8, 20)
    for (let step = 5; ; step++) {
      const { data } = smoother.next(nailWith(narrow, 320, 240), step * INTERVAL_MS, speed)
      if (data.filter((value, i) => value > 127 !== narrow[i]! > 127).length < 40) return step - 4
    }
  }
  assert(stepsUntilThere(0) * INTERVAL_MS <= 500)
  assert(stepsUntilThere(2) < stepsUntilThere(0))
})

test('the tracker shows the smoothed mask; without smoothing the measured one', () => {
  for (const kind of ['one-euro', 'none'] as const) {
    const tracker = new Tracker(kind)
    const [first, second] = [ellipse(16, 20), ellipse(10, 20)]
    tracker.update([nailWith(first, 320, 240)], 0)
    tracker.update([nailWith(second, 320, 240)], INTERVAL_MS)
    const shown = tracker.at(INTERVAL_MS)[0]!.mask.data
    const off = rms(differences(shown, second))
    if (kind === 'none') assert.equal(off, 0)
    else assert(off > 5 && off < rms(differences(first, second)))
  }
})

test('base and tip exchanged start anew', () => {
  const smoother = new MaskSmoother('one-euro')
  smoother.next(nailWith(ellipse(16, 20), 320, 240), 0, 0)
  const turned = nailWith(ellipse(8, 20), 320, 240, { direction: Math.PI / 2 })
  assert.deepEqual(smoother.next(turned, INTERVAL_MS, 0).data, turned.mask.data)
})
