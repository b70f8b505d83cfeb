/** Which frames stay on the device, and that their pixels are not read then. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Core } from '../../../sdk_src/src/pipeline/core.ts'
import type { FrameReader } from '../../../sdk_src/src/pipeline/frame.ts'
import { placeFrame } from '../../../sdk_src/src/pipeline/place_frame.ts'
import type { Frame } from '../../../sdk_src/src/worker/messages.ts'

const SIZE = { width: 64, height: 48 }
const VIDEO_FRAME = { displayWidth: 64, displayHeight: 48, visibleRect: SIZE, format: 'NV12' }

/** Where a frame ended. */
async function placed(frame: object, mode: 'still' | 'track' = 'track', takes = true): Promise<string> {
  let where = 'nowhere'
  const core = {
    placeOnDevice: () => {
      if (takes) where = 'device'
      return takes
    },
    place: () => {
      where = 'core'
    },
  }
  const reader = { read: (_: Frame, room: (size: typeof SIZE) => void) => room(SIZE) ?? SIZE }
  const size = await placeFrame(core as unknown as Core, reader as unknown as FrameReader, frame as Frame, mode)
  assert.equal(size.width, 64)
  return where
}

test('tracked frames of a video stay on the device', async () => {
  assert.equal(await placed(VIDEO_FRAME), 'device')
  assert.equal(await placed({ ...VIDEO_FRAME, format: null }), 'device') // a texture of the graphics card
  assert.equal(await placed(SIZE), 'device') // a bitmap
})

test('what the device cannot show as it is goes through the processor', async () => {
  assert.equal(await placed(VIDEO_FRAME, 'track', false), 'core')
  assert.equal(await placed(VIDEO_FRAME, 'still'), 'core')
  assert.equal(await placed({ ...VIDEO_FRAME, format: 'RGBA' }), 'core')
  assert.equal(await placed({ ...VIDEO_FRAME, rotation: 90 }), 'core')
  assert.equal(await placed({ ...VIDEO_FRAME, visibleRect: { width: 32, height: 48 } }), 'core')
  assert.equal(await placed({ ...SIZE, data: [] }), 'core')
})
