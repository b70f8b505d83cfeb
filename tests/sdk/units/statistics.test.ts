import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summary } from '../../../sdk_src/app/benchmark/statistics.ts'

test('percentiles lie between order statistics, as numpy has them', () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i)
  assert.deepEqual(summary(values), { n: 101, mean: 50, p50: 50, p95: 95, p99: 99, min: 0, max: 100 })
  assert.equal(summary([1, 2]).p50, 1.5)
  assert.equal(summary([4, 2]).p95, 3.9)
})

test('of nothing, everything is nothing', () => {
  assert.deepEqual(summary([]), { n: 0, mean: 0, p50: 0, p95: 0, p99: 0, min: 0, max: 0 })
})
