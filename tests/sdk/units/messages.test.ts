import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fail, LunulaError } from '../../../sdk_src/src/errors.ts'
import { fromWire, PROTOCOL, parseAnswer, parseRequest, toWire } from '../../../sdk_src/src/worker/messages.ts'

class FakeBitmap {}
Object.assign(globalThis, { ImageBitmap: FakeBitmap })

const request = (fields: object) => ({ lunula: PROTOCOL, id: 1, ...fields })

test('requests of every kind pass', () => {
  const frame = { frame: new FakeBitmap(), source: { width: 640, height: 480 } }
  for (const [call, argument] of Object.entries({
    init: { assets: 'https://a.example/', targetFps: 30 },
    detect: frame,
    track: frame,
    forget: null,
    cancel: { id: 3 },
    memory: null,
  })) {
    assert.equal(parseRequest(request({ call, argument })).call, call)
  }
})

test('what is no request of this version is refused', () => {
  const refused: [unknown, RegExp][] = [
    [undefined, /not of Lunula/],
    ['text', /not of Lunula/],
    [{ type: 'webpackOk' }, /not of Lunula/],
    [{ ...request({ call: 'memory', argument: null }), lunula: PROTOCOL + 1 }, /stale/],
    [{ lunula: PROTOCOL, call: 'memory', argument: null }, /without an id/],
    [request({ call: 'toString', argument: null }), /unknown/],
    [request({ call: 'detect', argument: { frame: {}, source: { width: 1, height: 1 } } }), /wrong argument/],
    [request({ call: 'detect', argument: { frame: new FakeBitmap() } }), /wrong argument/],
    [
      request({ call: 'detect', argument: { frame: new FakeBitmap(), source: { width: 0, height: 9 } } }),
      /wrong argument/,
    ],
    [request({ call: 'init', argument: null }), /wrong argument/],
    [request({ call: 'init', argument: { assets: 'https://a.example/', targetFps: 0 } }), /wrong argument/],
    [request({ call: 'cancel', argument: {} }), /wrong argument/],
  ]
  for (const [data, message] of refused) assert.throws(() => parseRequest(data), message)
})

test('answers and notices are told apart and checked', () => {
  assert('result' in parseAnswer({ lunula: PROTOCOL, id: 1, result: null }))
  assert('notice' in parseAnswer({ lunula: PROTOCOL, notice: 'progress', detail: { loaded: 1 } }))
  assert.throws(() => parseAnswer({ lunula: PROTOCOL, id: 1 }), /without a result/)
  assert.throws(
    () => parseAnswer({ lunula: PROTOCOL, id: 1, error: { code: 'no-such-code', message: '' } }),
    /without a code/,
  )
  assert.throws(() => parseAnswer({ lunula: PROTOCOL, notice: 'gossip', detail: {} }), /without an id/)
  assert.throws(() => parseAnswer({ lunula: 99, id: 1, result: null }), /stale/)
})

test('an error survives the way through structuredClone', () => {
  const error = fail('shard-missing', { path: 'a.bin', detail: '404' }, new Error('why'))
  const back = fromWire(structuredClone(toWire(error)))
  assert(back instanceof LunulaError)
  assert.deepEqual([back.code, back.message, back.cause], ['shard-missing', error.message, 'why'])
})

test('an error that is not ours becomes worker-failed', () => {
  assert.deepEqual(toWire(new RangeError('too far')).code, 'worker-failed')
  assert.match(toWire(new RangeError('too far')).message, /too far/)
})
