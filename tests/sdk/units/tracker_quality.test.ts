/** The tracker's promises on a film of 640 x 480 pixels at 30 frames a second: jitter, lag, ghosts, ids. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SMOOTHINGS } from '../../../sdk_src/src/options.ts'
import type { Point } from '../../../sdk_src/src/types.ts'
import { type Drawn, FRAME_MS, play, rms } from './motion_film.ts'

/** Starts, lasts (milliseconds) and goes so far (pixels): a hand that is shown around, with rests in between. */
const MOVES: [number, number, number][] = [
  [1000, 700, 90],
  [2200, 600, -120],
  [3200, 900, 60],
  [4500, 600, 80],
  [5500, 1000, -150],
  [6900, 600, 100],
  [7900, 500, -60],
]

/** The path of least jerk, which hands take (Flash and Hogan, 1985), and a slow sway. */
function hand(time: number): Point[] {
  const ease = (t: number) => t ** 3 * (t * (6 * t - 15) + 10)
  const part = (start: number, lasts: number) => ease(Math.min(Math.max((time - start) / lasts, 0), 1))
  const x = MOVES.reduce((sum, [start, lasts, far]) => sum + far * part(start, lasts), 320)
  return [{ x, y: 240 + 25 * Math.sin((2 * Math.PI * time) / 2300) }]
}

const off = ({ nails, truth }: Drawn) => Math.hypot(nails[0]!.center.x - truth[0]!.x, nails[0]!.center.y - truth[0]!.y)

/** The delay, in milliseconds, at which the drawn path fits the true one best. */
function lagOf(drawn: Drawn[]): number {
  const moving = drawn.filter(({ time, nails }) => time > 700 && nails.length > 0)
  const misfit = (lag: number) => rms(moving.map(({ time, nails }) => off({ time, nails, truth: hand(time - lag) })))
  const lags = Array.from({ length: 260 }, (_, i) => i - 60)
  return lags.reduce((best, lag) => (misfit(lag) < misfit(best) ? lag : best))
}

for (const latencyFrames of [1, 2]) {
  test(`still hand, measured 1 px RMS off, ${30 / latencyFrames} inferences a second: jitter at most 0.5 px RMS`, (t) => {
    const truth = () => [{ x: 320, y: 240 }]
    const still = play({ truth, seconds: 40, latencyFrames, noise: Math.SQRT1_2 }).filter(({ time }) => time > 1000)
    const jitter = rms(still.map(off))
    t.diagnostic(`jitter ${jitter.toFixed(2)} px RMS`)
    assert(jitter <= 0.5, `${jitter} px`)
  })

  test(`moving hand, ${30 / latencyFrames} inferences a second: lag at most one frame`, (t) => {
    const drawn = play({ truth: hand, seconds: 9.5, latencyFrames, noise: 0.7 })
    const lag = lagOf(drawn)
    t.diagnostic(`lag ${lag} ms`)
    assert(lag <= FRAME_MS, `${lag} ms`)
    // Better than drawing the last result where it was found, which is off by the latency's way.
    const shown = drawn.filter(({ nails }) => nails.length > 0)
    const held = shown.map(({ time, nails, truth }) => ({
      time,
      nails: [{ ...nails[0]!, center: hand(time - latencyFrames * FRAME_MS)[0]! }],
      truth,
    }))
    assert(rms(shown.map(off)) < 0.8 * rms(held.map(off)))
  })
}

test('exponential smoothing and none keep up too', () => {
  for (const smoothing of SMOOTHINGS) {
    assert(lagOf(play({ truth: hand, seconds: 9.5, noise: 0.7, smoothing })) <= FRAME_MS, smoothing)
  }
})

test('smoothing takes jitter out of the prediction', () => {
  const jitter = (smoothing: (typeof SMOOTHINGS)[number]) =>
    rms(
      play({ truth: () => [{ x: 320, y: 240 }], seconds: 40, noise: 0.7, smoothing })
        .slice(30)
        .map(off),
    )
  assert(jitter('one-euro') < 0.8 * jitter('none'))
  assert(jitter('exponential') < jitter('none'))
})

test('the overlay moves in every frame, not only when a result comes', () => {
  const drawn = play({ truth: (time) => [{ x: 100 + 0.15 * time, y: 240 }], seconds: 2, latencyFrames: 3 })
  const xs = drawn.filter(({ time }) => time > 600).map(({ nails }) => nails[0]!.center.x)
  const steps = xs.slice(1).map((x, i) => x - xs[i]!)
  for (const step of steps) assert(Math.abs(step - 0.15 * FRAME_MS) < 1.5, `${step} px in a frame`)
})

for (const latencyFrames of [1, 2]) {
  test(`a nail that leaves is gone within 150 ms, ${30 / latencyFrames} inferences a second`, () => {
    for (let gone = 1000; gone < 1100; gone += 10) {
      const truth = (time: number) => (time < gone ? [{ x: 100 + 0.1 * time, y: 240 }] : [])
      const drawn = play({ truth, seconds: 2, latencyFrames })
      const lastSeen = drawn.findLast((frame) => frame.truth.length > 0)!.time
      const lastDrawn = drawn.findLast(({ nails }) => nails.length > 0)!.time
      assert(lastDrawn - lastSeen <= 150, `${lastDrawn - lastSeen} ms`)
    }
  })
}

for (const finger of ['alike', 'different'] as const) {
  test(`ids stay through a crossing, fingers ${finger}`, () => {
    const truth = (time: number) => [
      { x: 200 + 0.12 * time, y: 240 },
      { x: 440 - 0.12 * time, y: 252 },
    ]
    const drawn = play({
      truth,
      seconds: 2,
      noise: 0.7,
      look: (nail, index) => ({ ...nail, finger: finger === 'alike' || index === 0 ? 'index' : 'middle' }),
    })
    const idsAt = (time: number) => {
      const { nails, truth } = drawn.find((frame) => frame.time >= time)!
      return truth.map(({ x, y }) => {
        const far = ({ center }: { center: Point }) => Math.hypot(center.x - x, center.y - y)
        return nails.reduce((near, nail) => (far(nail) < far(near) ? nail : near)).id
      })
    }
    assert.equal(new Set(idsAt(300)).size, 2)
    assert.deepEqual(idsAt(1800), idsAt(300))
    assert.deepEqual(new Set(drawn.flatMap(({ nails }) => nails.map(({ id }) => id))).size, 2)
  })
}
