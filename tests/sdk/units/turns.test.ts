import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns } from '../../../sdk_src/src/worker/turns.ts'

/** Jobs that end when the test says so, and a log of what began. */
function jobs() {
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const job = (name: string) => () => {
    began.push(name)
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
  }
  const end = async (name: string) => {
    ends.get(name)!()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { began, job, end }
}

const breathe = () => new Promise<void>(setImmediate)
const nothing = () => {}
const dropped = () => new Error('dropped')

test('one runs, and the newest frame replaces the waiting one', async () => {
  const turns = new Turns(breathe)
  const { began, job, end } = jobs()
  const freed: string[] = []
  const ask = (name: string) => turns.frame(job(name), () => freed.push(name))
  const [first, second, third] = [ask('1'), ask('2'), ask('3')]
  assert.deepEqual(began, ['1'])
  assert.equal(await second, null)
  assert.deepEqual(freed, ['2'])
  await end('1')
  assert.deepEqual(began, ['1', '3'])
  await end('3')
  assert.deepEqual([await first, await third], ['1', '3'])
})

test('stills are never replaced, keep their order and go before frames', async () => {
  const turns = new Turns(breathe)
  const { began, job, end } = jobs()
  const frame = turns.frame(job('frame 1'), nothing)
  const later = turns.frame(job('frame 2'), nothing)
  const stills = [turns.still(1, job('still 1'), dropped), turns.still(2, job('still 2'), dropped)]
  for (const name of ['frame 1', 'still 1', 'still 2', 'frame 2']) {
    assert.equal(began.at(-1), name)
    await end(name)
  }
  assert.deepEqual(await Promise.all([frame, ...stills, later]), ['frame 1', 'still 1', 'still 2', 'frame 2'])
})

test('a cancelled still leaves the line; a running one is finished', async () => {
  const turns = new Turns(breathe)
  const { began, job, end } = jobs()
  const running = turns.still(1, job('1'), dropped)
  const waiting = turns.still(2, job('2'), dropped)
  turns.cancel(2)
  turns.cancel(1)
  turns.cancel(77)
  await assert.rejects(waiting, /dropped/)
  await end('1')
  assert.equal(await running, '1')
  assert.deepEqual(began, ['1'])
})

test('a failure does not stop the line', async () => {
  const turns = new Turns(breathe)
  const { job, end } = jobs()
  const bad = turns.still(1, () => Promise.reject(new Error('bad')), dropped)
  const good = turns.still(2, job('good'), dropped)
  await assert.rejects(bad, /bad/)
  await new Promise((resolve) => setTimeout(resolve, 5))
  await end('good')
  assert.equal(await good, 'good')
})
