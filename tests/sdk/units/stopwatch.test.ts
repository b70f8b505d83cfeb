import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stopwatch } from '../../../sdk_src/src/pipeline/stopwatch.ts'

test('the stages of an inference add up to its whole time', async () => {
  const watch = new Stopwatch()
  for (const stage of ['frame', 'roi', 'hand', 'roi', 'pass1', 'post', 'roi', 'pass2', 'post'] as const) {
    await new Promise((resolve) => setTimeout(resolve, 3))
    watch.lap(stage)
  }
  const { total, ...stages } = watch.timings
  const sum = Object.values(stages).reduce((all, stage) => all + stage, 0)
  assert.ok(Math.abs(sum - total) < 1e-6)
  assert.ok(Object.values(stages).every((stage) => stage > 0))
})
