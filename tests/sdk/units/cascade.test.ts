/** What the cascade computes for a frame: nothing behind the hand detector where there is no hand. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cascade } from '../../../sdk_src/src/pipeline/cascade.ts'
import type { Core } from '../../../sdk_src/src/pipeline/core.ts'
import type { FrameReader } from '../../../sdk_src/src/pipeline/frame.ts'
import type { Networks } from '../../../sdk_src/src/pipeline/networks.ts'
import type { Rect } from '../../../sdk_src/src/types.ts'
import type { Frame } from '../../../sdk_src/src/worker/messages.ts'

const SIZE = { width: 640, height: 480 }

/** A cascade whose detector sees these hands, and the names of the networks that ran. */
function cascadeSeeing(hands: Rect[]) {
  const ran: string[] = []
  const core = {
    frame: SIZE,
    placeOnDevice: () => false,
    place: () => new Uint8Array(SIZE.width * SIZE.height * 4),
    sampleHands: () => new Float32Array(),
    handRegions: () => hands,
    lastRegions: () => [undefined, undefined],
    setRegions: () => {},
    segmentSize: () => ({ width: 64, height: 64 }),
    sampleRegion: () => new Float32Array(),
    decodeHeatmap: () => {},
    planPatches: () => 0,
    decodePatches: () => ({ count: 0, read: () => [] }),
    rememberNails: () => {},
  }
  const run = (name: string) => async () => ran.push(name) && {}
  const networks = {
    hands: run('hands'),
    prepare: run('prepare'),
    heatmap: run('heatmap'),
    patches: run('patches'),
    compiles: false,
  }
  const cascade = new Cascade(core as unknown as Core, networks as unknown as Networks, {
    targetFps: 30,
    tier: 'auto',
    assets: '',
  })
  const reader = { read: () => SIZE } as unknown as FrameReader
  return { ran, track: () => cascade.detect(reader, SIZE as unknown as Frame, SIZE, 'track') }
}

test('a frame without hands costs the hand detector and nothing more', async () => {
  const { ran, track } = cascadeSeeing([])
  assert.deepEqual((await track()).nails, [])
  assert.deepEqual(ran, ['hands'])
})

test('pass 1 looks at each hand once, all that it needs made ready before', async () => {
  const square = { y: 0, width: 200, height: 200 }
  const { ran, track } = cascadeSeeing([
    { x: 0, ...square },
    { x: 400, ...square },
  ])
  await track()
  assert.deepEqual(ran, ['hands', 'prepare', 'prepare', 'heatmap', 'heatmap'])
})
