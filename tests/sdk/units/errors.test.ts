import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES, fail, LunulaError } from '../../../sdk_src/src/errors.ts'
import { reasonOf } from '../../../sdk_src/src/reason.ts'

const WORDS = { detail: 'd', backend: 'b', path: 'p', tries: 3, width: 1, height: 2, least: 64, most: 50, option: 'o' }

test('every code has whole sentences, with every word filled in', () => {
  for (const code of ERROR_CODES) {
    const { message } = fail(code, { ...WORDS, given: 'g', expected: 'e' })
    assert.match(message, /^[A-Z].*\.$/, code)
    assert.doesNotMatch(message, /[{}]|undefined/, code)
  }
})

test('an error carries code, cause and its class', () => {
  const cause = new TypeError('why')
  const error = fail('offline-not-cached', { path: '/x' }, cause)
  assert(error instanceof LunulaError && error instanceof Error)
  assert.equal(error.code, 'offline-not-cached')
  assert.equal(error.cause, cause)
  assert.equal(error.name, 'LunulaError')
})

test('a reason can be read from anything', () => {
  assert.equal(reasonOf(new Error('one')), 'one')
  assert.equal(reasonOf({ message: 'two' }), 'two')
  assert.equal(reasonOf('three'), 'three')
  assert.equal(reasonOf(new Error('Cut off.')), 'Cut off')
  assert.equal(reasonOf(undefined), 'undefined')
})
