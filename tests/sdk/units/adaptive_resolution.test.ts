import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AdaptiveResolution } from '../../../sdk_src/src/pipeline/adaptive_resolution.ts'
import { TIERS } from '../../../sdk_src/src/specs.ts'
import type { Tier } from '../../../sdk_src/src/types.ts'
import { gaussian } from './motion_film.ts'

/** A device: milliseconds for pass 2 and the rest, and for a million input pixels of pass 1; noise as a share. */
interface Device {
  fixed: number
  perMegapixel: number
  noise?: number
}

/** The tier after each of so many inferences. */
function run(resolution: AdaptiveResolution, { fixed, perMegapixel, noise = 0.08 }: Device, count = 2000): Tier[] {
  const random = gaussian(5)
  return Array.from({ length: count }, (_, i) => {
    const { tier } = resolution
    // The first inference at a size compiles, and now and then the browser does something else.
    const hiccup = i % 37 === 0 ? 80 : 0
    resolution.measured(tier, (fixed + perMegapixel * (tier / 1000) ** 2) * (1 + noise * Math.abs(random())) + hiccup)
    return resolution.tier
  })
}

const changes = (tiers: Tier[]) => tiers.filter((tier, i) => i > 0 && tier !== tiers[i - 1]).length

test('a fast device goes up to the largest tier, one tested tier at a time, and stays', () => {
  const tiers = run(new AdaptiveResolution(30, 256), { fixed: 3, perMegapixel: 40 })
  assert.equal(tiers.at(-1), 512)
  assert.equal(changes(tiers), TIERS.length - 1)
  for (const [i, tier] of tiers.entries()) {
    const before = TIERS.indexOf(tiers[Math.max(i - 1, 0)]!)
    assert(Math.abs(TIERS.indexOf(tier) - before) <= 1)
  }
})

test('a slow device stays at the smallest tier, and comes down to it', () => {
  const slow = { fixed: 60, perMegapixel: 900 }
  assert.equal(changes(run(new AdaptiveResolution(30, 256), slow)), 0)
  const tiers = run(new AdaptiveResolution(30, 512), slow)
  assert.equal(tiers.at(-1), 256)
  assert.equal(changes(tiers), TIERS.length - 1)
})

test('between two tiers it does not go to and fro', () => {
  // 384 takes 30 to 33 ms and 448 36 to 40: at 30 a second, 384 fits.
  for (const perMegapixel of [120, 140, 160, 180, 200]) {
    const tiers = run(new AdaptiveResolution(30, 256), { fixed: 5, perMegapixel }, 6000)
    const settled = tiers.slice(-3000)
    assert(changes(settled) <= 2, `${changes(settled)} changes at ${perMegapixel} ms a megapixel`)
    const last = tiers.at(-1)!
    assert(5 + perMegapixel * (last / 1000) ** 2 < 1.1 * (1000 / 30))
  }
})

test('a step up that did not hold is tried again later and later', () => {
  const resolution = new AdaptiveResolution(30, 256)
  const ups: number[] = []
  for (let i = 0; i < 20_000; i++) {
    const { tier } = resolution
    // A device whose larger tier costs far more than its area says.
    resolution.measured(tier, tier === 256 ? 10 : 60)
    if (resolution.tier > tier) ups.push(i)
  }
  const gaps = ups.slice(1).map((at, i) => at - ups[i]!)
  assert(gaps.length >= 3 && gaps.length < 20)
  for (let i = 1; i < 4; i++) assert(gaps[i]! > 1.5 * gaps[i - 1]!)
})

test('when the device gets slow the tier goes down within two seconds', () => {
  const resolution = new AdaptiveResolution(30, 256)
  run(resolution, { fixed: 3, perMegapixel: 40 })
  const hot = run(resolution, { fixed: 20, perMegapixel: 120 }, 60)
  assert(hot.at(-1)! < 512)
})

test('a lower target leaves time for a larger tier', () => {
  const device = { fixed: 10, perMegapixel: 200 }
  assert(run(new AdaptiveResolution(15, 256), device).at(-1)! > run(new AdaptiveResolution(30, 256), device).at(-1)!)
})

test('a region is not enlarged: its tier is the smallest that holds its own pixels', () => {
  const resolution = new AdaptiveResolution(30, 512)
  assert.equal(resolution.tierFor({ width: 200, height: 150 }), 256)
  assert.equal(resolution.tierFor({ width: 300, height: 300 }), 320)
  assert.equal(resolution.tierFor({ width: 1280, height: 720 }), 512)
  assert.equal(new AdaptiveResolution(30, 256).tierFor({ width: 1280, height: 720 }), 256)
})

test('other tiers than the present one are not counted', () => {
  const resolution = new AdaptiveResolution(30, 320)
  for (let i = 0; i < 200; i++) resolution.measured(256, 500)
  assert.equal(resolution.tier, 320)
})
