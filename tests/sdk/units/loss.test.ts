import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOST, Loss } from '../../../sdk_src/src/worker/loss.ts'

test('what is there before the loss comes through, and nothing of it is kept', async () => {
  const loss = new Loss()
  assert.equal(await loss.orLost(Promise.resolve(7)), 7)
  await assert.rejects(loss.orLost(Promise.reject(new Error('wrong'))), /wrong/)
  assert.equal(loss.waiting, 0)
})

test('the loss overtakes what never comes', async () => {
  const loss = new Loss()
  const waiting = loss.orLost(new Promise(() => {}))
  loss.tell()
  assert.equal(await waiting, LOST)
  assert.equal(await loss.orLost(new Promise(() => {})), LOST)
})
