import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitted } from '../../../sdk_src/src/pipeline/extent.ts'
import { parseColor, toLinear, toSrgb } from '../../../sdk_src/src/render/color.ts'
import { sampleMask } from '../../../sdk_src/src/render/mask_spline.ts'
import { union } from '../../../sdk_src/src/render/painted.ts'
import { sizeFromHeader } from '../../../sdk_src/src/session/image_size.ts'
import { Rate } from '../../../sdk_src/src/session/rate.ts'
import { nailAt } from './nails.ts'

const blob = (...bytes: number[]) => new Blob([new Uint8Array(bytes)])
const text = (word: string) => [...word].map((letter) => letter.charCodeAt(0))

test('sizes are read from PNG, JPEG and WebP headers', async () => {
  const png = blob(0x89, ...text('PNG'), 13, 10, 26, 10, 0, 0, 0, 13, ...text('IHDR'), 0, 0, 46, 224, 0, 0, 35, 40)
  assert.deepEqual(await sizeFromHeader(png), { width: 12_000, height: 9_000 })
  const jpeg = blob(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9, 0xff, 0xc2, 0, 17, 8, 2, 0, 3, 0, 3)
  assert.deepEqual(await sizeFromHeader(jpeg), { width: 768, height: 512 })
  const chunk = (name: string, ...bytes: number[]) =>
    blob(...text('RIFF'), 0, 0, 0, 0, ...text(`WEBP${name}`), 0, 0, 0, 0, ...bytes)
  const simple = chunk('VP8 ', 0, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01)
  assert.deepEqual(await sizeFromHeader(simple), { width: 640, height: 480 })
  const extended = chunk('VP8X', 0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0)
  assert.deepEqual(await sizeFromHeader(extended), { width: 640, height: 480 })
  const bits = 639 | (479 << 14)
  const lossless = chunk('VP8L', 0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >> 24)
  assert.deepEqual(await sizeFromHeader(lossless), { width: 640, height: 480 })
})

test('other files and cut headers have no size', async () => {
  for (const file of [blob(), blob(1, 2, 3), blob(0xff, 0xd8, 0xff), blob(...text('GIF89a'), 1, 0, 1, 0)]) {
    assert.equal(await sizeFromHeader(file), undefined)
  }
})

test('a frame is fitted into 1280, never enlarged, never nothing', () => {
  assert.deepEqual(fitted({ width: 640, height: 480 }), { width: 640, height: 480 })
  assert.deepEqual(fitted({ width: 4000, height: 3000 }), { width: 1280, height: 960 })
  assert.deepEqual(fitted({ width: 64, height: 500_000 }), { width: 1, height: 1280 })
})

test('colours', () => {
  assert.deepEqual(parseColor('#fff'), [1, 1, 1])
  assert.deepEqual(
    parseColor('#8a0f2c'),
    [0x8a, 0x0f, 0x2c].map((byte) => toLinear(byte / 255)),
  )
  for (let byte = 0; byte < 256; byte++) assert.equal(Math.round(toSrgb(toLinear(byte / 255)) * 255), byte)
  assert.equal(Math.round(toSrgb(7) * 255), 255)
})

test('the rectangle around several', () => {
  assert.equal(union([]), undefined)
  const two = [
    { x: 84, y: 84, width: 32, height: 32 },
    { x: 184, y: 104, width: 32, height: 32 },
  ]
  assert.deepEqual(union(two), { x: 84, y: 84, width: 132, height: 52 })
})

test('a mask between its pixels: constant stays constant, an edge lies half way, a ramp has its slope', () => {
  const mask = (value: (x: number) => number) => {
    const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => value(i % 64))
    return { ...nailAt(0, 0).mask, data }
  }
  assert(
    Math.abs(
      sampleMask(
        mask(() => 255),
        31.7,
        8.2,
      ).value - 1,
    ) < 1e-9,
  )
  const edge = mask((x) => (x < 32 ? 255 : 0))
  assert(Math.abs(sampleMask(edge, 32, 20).value - 0.5) < 1e-9)
  assert(sampleMask(edge, 31.5, 20).value > sampleMask(edge, 31.6, 20).value)
  const { slope } = sampleMask(
    mask((x) => x * 4),
    20.3,
    20,
  )
  assert(Math.abs(slope - 4 / 255) < 1e-9)
})

test('the rate counts events of the last second', () => {
  const rate = new Rate()
  let value = 0
  for (let now = 0; now <= 3000; now += 40) value = rate.tick(now)
  assert(Math.abs(value - 25) < 1e-9)
  for (let now = 3100; now <= 5000; now += 100) value = rate.tick(now)
  assert(Math.abs(value - 10) < 1e-9)
})
