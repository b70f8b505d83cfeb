import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Coordinate } from '../../../sdk_src/src/tracking/kalman.ts'
import { gaussian, rms } from './motion_film.ts'

const NOISE = { measured: 1, acceleration: 30 }
const STEP_S = 1 / 30

function follow(filter: Coordinate, values: number[]): void {
  for (const value of values) filter.correct(value - filter.ahead(STEP_S), STEP_S, NOISE)
}

test('a constant velocity is found exactly', () => {
  const filter = new Coordinate(0, NOISE, 50)
  follow(
    filter,
    Array.from({ length: 60 }, (_, i) => (i + 1) * 4),
  )
  assert(Math.abs(filter.ahead(0) - 240) < 0.1)
  assert(Math.abs(filter.rate - 120) < 2)
  assert(Math.abs(filter.shown(0.1) - 252) < 0.5)
})

test('noise is taken out, also twice of what was expected, and shows no velocity', () => {
  for (const deviation of [1, 2]) {
    const random = gaussian(3)
    const filter = new Coordinate(100, NOISE, 50)
    const errors: number[] = []
    const rates: number[] = []
    for (let i = 0; i < 600; i++) {
      follow(filter, [100 + deviation * random()])
      if (i < 30) continue
      errors.push(filter.ahead(0) - 100)
      rates.push(filter.rate)
    }
    assert(rms(errors) < 0.85 * deviation, `${rms(errors)}`)
    assert(rates.filter((rate) => rate === 0).length > 0.65 * rates.length)
  }
})

test('after a sudden start the velocity is there within four measurements', () => {
  const filter = new Coordinate(0, NOISE, 50)
  follow(filter, new Array(60).fill(0))
  assert.equal(filter.rate, 0)
  follow(filter, [10, 20, 30, 40])
  assert(Math.abs(filter.rate - 300) < 60, `${filter.rate}`)
})

test('two measurements of one time do no harm', () => {
  const filter = new Coordinate(5, NOISE, 50)
  filter.correct(1, 0, NOISE)
  assert(Number.isFinite(filter.ahead(1)) && filter.ahead(0) > 5 && filter.ahead(0) < 6)
})

test('a constant acceleration is followed ahead too', () => {
  const filter = new Coordinate(0, NOISE, 50)
  const at = (seconds: number) => 200 * seconds ** 2
  follow(
    filter,
    Array.from({ length: 30 }, (_, i) => at((i + 1) * STEP_S)),
  )
  assert(Math.abs(filter.shown(0.1) - at(1.1)) < 3, `${filter.shown(0.1)}`)
})
