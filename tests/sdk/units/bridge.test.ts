import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fail, type LunulaError } from '../../../sdk_src/src/errors.ts'
import { Bridge } from '../../../sdk_src/src/worker/bridge.ts'
import { type Notice, PROTOCOL, type Request } from '../../../sdk_src/src/worker/messages.ts'

class FakeWorker extends EventTarget {
  readonly sent: Request[] = []
  readonly pings: number[] = []
  terminated = false

  postMessage(message: Request): void {
    if (message.call === 'ping') this.pings.push(message.id)
    else this.sent.push(message)
  }

  terminate(): void {
    this.terminated = true
  }

  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
}

function open() {
  const worker = new FakeWorker()
  const notices: Notice[] = []
  const failures: LunulaError[] = []
  const bridge = new Bridge(
    worker as unknown as Worker,
    (notice) => notices.push(notice),
    (error) => failures.push(error),
  )
  return { worker, bridge, notices, failures }
}

const report = { tensors: 1, tensorBytes: 2, coreBytes: 3 }
const rejects = (promise: Promise<unknown>, code: string) => assert.rejects(promise, { code })

test('answers find their questions in any order', async () => {
  const { worker, bridge } = open()
  const first = bridge.call('memory', null)
  const second = bridge.call('forget', null)
  const [one, two] = worker.sent
  worker.says({ lunula: PROTOCOL, id: two!.id, result: null })
  worker.says({ lunula: PROTOCOL, id: one!.id, result: report })
  assert.deepEqual(await first, report)
  assert.equal(await second, null)
})

test('an error of the worker rejects its question only', async () => {
  const { worker, bridge, failures } = open()
  const asked = bridge.call('memory', null)
  worker.says({
    lunula: PROTOCOL,
    id: worker.sent[0]!.id,
    error: { code: 'image-unusable', details: { detail: 'torn' } },
  })
  await rejects(asked, 'image-unusable')
  assert.equal(failures.length, 0)
})

test('a dead worker rejects everything, now and later, and tells once', async () => {
  const { worker, bridge, failures } = open()
  const waiting = [bridge.call('memory', null), bridge.call('forget', null)]
  const event = Object.assign(new Event('error', { cancelable: true }), { message: 'it threw' })
  worker.dispatchEvent(event)
  assert(event.defaultPrevented)
  worker.dispatchEvent(new Event('error'))
  for (const each of waiting) await rejects(each, 'worker-failed')
  await rejects(bridge.call('memory', null), 'worker-failed')
  assert.equal(failures.length, 1)
  assert.match(failures[0]!.message, /it threw/)
  assert(worker.terminated)
})

test('nonsense and messages of another version end the worker', async () => {
  for (const nonsense of [
    42,
    { lunula: PROTOCOL + 1, id: 2, result: report },
    { lunula: PROTOCOL, id: 2, result: {} },
  ]) {
    const { worker, bridge, failures } = open()
    const asked = bridge.call('memory', null)
    worker.says(nonsense)
    await rejects(asked, 'worker-failed')
    assert.equal(failures.length, 1)
  }
})

test('an abort rejects at once, cancels in the worker, and a late answer is ignored', async () => {
  const { worker, bridge, failures } = open()
  const control = new AbortController()
  const asked = bridge.call('memory', null, { signal: control.signal })
  control.abort()
  await rejects(asked, 'aborted')
  const [question, cancel] = worker.sent
  assert.deepEqual([cancel!.call, cancel!.argument], ['cancel', { id: question!.id }])
  worker.says({ lunula: PROTOCOL, id: question!.id, result: null })
  assert.equal(failures.length, 0)
  await rejects(bridge.call('memory', null, { signal: control.signal }), 'aborted')
  assert.equal(worker.sent.length, 2)
})

test('end rejects with the given error', async () => {
  const { worker, bridge, failures } = open()
  const asked = bridge.call('memory', null)
  bridge.end(fail('session-closed', {}))
  await rejects(asked, 'session-closed')
  await rejects(bridge.call('memory', null), 'session-closed')
  assert(worker.terminated)
  assert.equal(failures.length, 0)
})

test('notices arrive', () => {
  const { worker, notices } = open()
  worker.says({ lunula: PROTOCOL, notice: 'progress', detail: { loaded: 1, total: 2, phase: 'models' } })
  assert.equal(notices[0]?.notice, 'progress')
})

const silent = (t: TestContext, ms: number) => {
  for (let i = 0; i < ms; i += 500) t.mock.timers.tick(500)
}

test('a worker that never speaks while it starts has time without end, worker.js may have a long way', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { worker, bridge, failures } = open()
  const asked = bridge.call('memory', null, { patienceMs: 5000 })
  silent(t, 3_600_000)
  assert.equal(failures.length, 0)
  worker.says({ lunula: PROTOCOL, id: worker.sent[0]!.id, result: report })
  await asked
})

test('a worker that hangs in its work is ended when its time is over', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { worker, bridge, failures } = open()
  const asked = bridge.call('memory', null, { patienceMs: 5000 })
  worker.says({ lunula: PROTOCOL, id: worker.pings[0]!, result: null })
  silent(t, 4500)
  assert.equal(failures.length, 0)
  worker.says({ lunula: PROTOCOL, notice: 'progress', detail: { loaded: 1, total: 2, phase: 'models' } })
  silent(t, 4500)
  assert.equal(failures.length, 0)
  silent(t, 500)
  assert.match(failures[0]!.message, /for 5 s/)
  assert(bridge.hung)
  assert(worker.terminated)
  await rejects(asked, 'worker-failed')
})

test('an idle worker must answer at once, and is left alone when nothing is asked', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { worker, bridge, failures } = open()
  const first = bridge.call('memory', null)
  worker.says({ lunula: PROTOCOL, id: worker.sent[0]!.id, result: report })
  await first
  silent(t, 60_000)
  assert.equal(failures.length, 0)
  const second = bridge.call('memory', null)
  silent(t, 2000)
  assert.match(failures[0]!.message, /for 2 s/)
  await rejects(second, 'worker-failed')
})

test('a request that was aborted is still owed: the worker computes on', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { worker, bridge, failures } = open()
  const control = new AbortController()
  const aborted = bridge.call('memory', null, { signal: control.signal })
  worker.says({ lunula: PROTOCOL, id: worker.pings[0]!, result: null })
  control.abort()
  await rejects(aborted, 'aborted')
  const next = bridge.call('memory', null)
  silent(t, 4500)
  assert.equal(failures.length, 0)
  bridge.end(fail('session-closed', {}))
  await rejects(next, 'session-closed')
})
