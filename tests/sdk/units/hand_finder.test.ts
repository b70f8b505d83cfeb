/** When the hand detector runs, and which place a hand gets. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Core, HandMaps } from '../../../sdk_src/src/pipeline/core.ts'
import type { Extent } from '../../../sdk_src/src/pipeline/extent.ts'
import { HandFinder } from '../../../sdk_src/src/pipeline/hand_finder.ts'
import type { Regions } from '../../../sdk_src/src/pipeline/regions.ts'
import type { Rect } from '../../../sdk_src/src/types.ts'

const square = (x: number, side = 100): Rect => ({ x, y: 0, width: side, height: side })

/** A finder over a scene: detected, where the detector sees hands; last, where the last nails of each hand lay. */
function scene(frame: Extent = { width: 1000, height: 1000 }, tight = false) {
  const state = {
    detected: [] as Rect[],
    last: [undefined, undefined] as Regions,
    runs: 0,
    told: [] as Regions,
    sizes: [] as number[][],
  }
  const core = {
    frame,
    sampleHands: () => new Float32Array(),
    handRegions: () => state.detected,
    lastRegions: () => state.last,
    setRegions: (regions: Regions) => {
      state.told = regions
    },
    rememberNails: () => {},
  }
  const detect = async (_: unknown, { width, height }: Extent): Promise<HandMaps> => {
    state.runs++
    state.sizes.push([width, height])
    return [new Float32Array(), new Float32Array()]
  }
  const finder = new HandFinder(core as unknown as Core, detect, tight)
  return { finder, state }
}

test('without a hand the detector runs on every frame, and there is nowhere else to look', async () => {
  const { finder, state } = scene()
  for (let frame = 1; frame <= 5; frame++) {
    assert.deepEqual((await finder.inFrame()).regions, [undefined, undefined])
    finder.saw(0)
    assert.equal(state.runs, frame)
  }
})

test('a tracked hand is followed by its nails; the detector looks for a second one every 30 frames', async () => {
  const { finder, state } = scene()
  state.detected = [square(0, 200)]
  assert.deepEqual((await finder.inFrame()).regions, [square(0, 200), undefined])
  finder.saw(5)
  state.last = [square(50), undefined]
  for (let frame = 0; frame < 30; frame++) {
    const { regions, tracked } = await finder.inFrame()
    assert.deepEqual([regions, tracked, state.runs], [[square(50), undefined], true, 1])
    finder.saw(5)
  }
  state.detected = [square(400), square(0, 200)]
  const { regions, tracked } = await finder.inFrame()
  assert.deepEqual([regions, tracked, state.runs], [[square(0, 200), square(400)], false, 2])
  assert.deepEqual(state.told, regions) // the core gives nails their hand by it
})

test('fewer nails than before: the detector runs on the next frame', async () => {
  const { finder, state } = scene()
  state.detected = [square(0)]
  await finder.inFrame()
  finder.saw(5)
  state.last = [square(0), undefined]
  await finder.inFrame()
  finder.saw(3)
  assert.equal(state.runs, 1)
  await finder.inFrame()
  assert.equal(state.runs, 2)
})

test("a photo in between leaves the tracked hands' places alone", async () => {
  const { finder, state } = scene()
  state.detected = [square(0)]
  await finder.inFrame()
  finder.saw(5)
  state.last = [undefined, square(300)]
  state.detected = [square(300)]
  assert.deepEqual(await finder.inPhoto(), [square(300), undefined])
  assert.deepEqual((await finder.inFrame()).regions, [undefined, square(300)])
})

test('while nails are missing the detector runs soon again, less and less often until the hand shows no more', async () => {
  const { finder, state } = scene()
  state.detected = [square(0)]
  state.last = [square(0), undefined]
  await finder.inFrame()
  finder.saw(5)
  const runs: number[] = []
  for (let frame = 0; frame < 100; frame++) {
    const before = state.runs
    await finder.inFrame()
    finder.saw(4)
    if (state.runs > before) runs.push(frame)
  }
  assert.deepEqual(
    runs.map((frame, i) => frame - (runs[i - 1] ?? 0)),
    [1, 6, 11, 21, 31],
  )
})

test("a video's frames take no more of the detector's square than they need, where that may be; photos take all", async () => {
  for (const [width, height, tight, ...size] of [
    [640, 480, true, 192, 160],
    [480, 640, true, 160, 192],
    [1280, 720, true, 192, 128],
    [500, 500, true, 192, 192],
    [640, 480, false, 192, 192],
  ] as [number, number, boolean, number, number][]) {
    const { finder, state } = scene({ width, height }, tight)
    await finder.inFrame()
    await finder.inPhoto()
    assert.deepEqual(state.sizes, [size, [192, 192]])
  }
})
