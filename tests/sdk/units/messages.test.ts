import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LunulaError } from '../../../sdk_src/src/errors.ts'
import { fail } from '../../../sdk_src/src/worker/failure.ts'
import {
  type CallName,
  fromWire,
  PROTOCOL,
  parseAnswer,
  parseRequest,
  requireResult,
  toWire,
} from '../../../sdk_src/src/worker/messages.ts'

class FakeBitmap {}
Object.assign(globalThis, { ImageBitmap: FakeBitmap })

const options = {
  assets: 'https://a.example/',
  engine: 'cascade',
  variant: 'standard',
  backend: 'auto',
  precision: 'float16',
  store: 'memory',
  smoothing: 'none',
  targetFps: 30,
  tier: 'auto',
}

const request = (fields: object) => ({ lunula: PROTOCOL, id: 1, ...fields })

test('requests of every kind pass', () => {
  const frame = { frame: new FakeBitmap(), source: { width: 640, height: 480 } }
  for (const [call, argument] of Object.entries({
    init: options,
    detect: frame,
    track: frame,
    forget: null,
    cancel: { id: 3 },
    memory: null,
    ping: null,
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
    [request({ call: 'init', argument: { ...options, targetFps: 0 } }), /wrong argument/],
    [request({ call: 'init', argument: { ...options, tier: 300 } }), /wrong argument/],
    [request({ call: 'init', argument: { ...options, backend: 'metal' } }), /wrong argument/],
    [request({ call: 'init', argument: { ...options, store: 7 } }), /wrong argument/],
    [request({ call: 'ping', argument: 'pong' }), /wrong argument/],
    [request({ call: 'cancel', argument: {} }), /wrong argument/],
  ]
  for (const [data, message] of refused) assert.throws(() => parseRequest(data), message)
})

const progress = { loaded: 1, total: 2, phase: 'models' }

test('answers and notices are told apart and checked', () => {
  assert('result' in parseAnswer({ lunula: PROTOCOL, id: 1, result: null }))
  assert('notice' in parseAnswer({ lunula: PROTOCOL, notice: 'progress', detail: progress }))
  assert.throws(() => parseAnswer({ lunula: PROTOCOL, id: 1 }), /without a result/)
  assert.throws(
    () => parseAnswer({ lunula: PROTOCOL, id: 1, error: { code: 'no-such-code', details: {} } }),
    /without a code/,
  )
  for (const [notice, detail, message] of [
    ['gossip', {}, /unknown notice/],
    ['toString', {}, /unknown notice/],
    ['progress', { ...progress, loaded: '1' }, /wrong "progress"/],
    ['recovered', { backend: 'metal' }, /wrong "recovered"/],
    ['stored', null, /wrong "stored"/],
  ] as const) {
    assert.throws(() => parseAnswer({ lunula: PROTOCOL, notice, detail }), message)
  }
  assert.throws(() => parseAnswer({ lunula: 99, id: 1, result: null }), /stale/)
})

const ready = { backend: 'wasm', variant: 'wasm_threads', storage: 'memory', modelVersion: '1', bitmaps: true }
const nail = {
  mask: { data: new Uint8Array(4), width: 2, height: 2 },
  center: { x: 1, y: 2 },
  size: { length: 3, width: 4 },
  direction: 0,
  contour: new Float32Array(6),
}
const detection = { nails: [nail], timings: {}, tier: 256 }

test('results are checked by what was asked for', () => {
  requireResult('init', ready)
  requireResult('detect', detection)
  requireResult('track', null)
  requireResult('memory', { tensors: 1, tensorBytes: 2, coreBytes: 3 })
  const wrong: [CallName, unknown][] = [
    ['init', { ...ready, backend: 'metal' }],
    ['init', { ...ready, variant: 'cuda' }],
    ['init', null],
    ['detect', null],
    ['detect', { ...detection, nails: {} }],
    ['detect', { ...detection, nails: [{ ...nail, direction: Number.NaN }] }],
    ['detect', { ...detection, nails: [{ ...nail, mask: { ...nail.mask, width: 3 } }] }],
    ['track', { ...detection, nails: [{ ...nail, contour: [0, 0] }] }],
    ['track', { ...detection, nails: [null] }],
    ['memory', { tensors: 1 }],
    ['forget', {}],
  ]
  for (const [call, result] of wrong) assert.throws(() => requireResult(call, result), /wrong result/, call)
})

test('an error survives the way through structuredClone', () => {
  const error = fail('shard-missing', { path: 'a.bin', detail: '404' }, new Error('why'))
  const back = fromWire(structuredClone(toWire(error)))
  assert(back instanceof LunulaError)
  assert.deepEqual([back.code, back.cause], ['shard-missing', 'why'])
  assert.match(back.message, /not on the server \(a\.bin: 404\)/)
})

test('an error that is not ours becomes worker-failed', () => {
  const { code, message } = fromWire(toWire(new RangeError('too far')))
  assert.equal(code, 'worker-failed')
  assert.match(message, /too far/)
})
