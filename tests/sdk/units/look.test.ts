import assert from 'node:assert/strict'
import test from 'node:test'
import { LunulaError } from '../../../sdk_src/src/errors.ts'
import { FINISHES, SHAPES } from '../../../sdk_src/src/look/choices.ts'
import schema from '../../../sdk_src/src/look/look.schema.json'
import { resolveLook } from '../../../sdk_src/src/look/look.ts'
import { LONGEST_HASH, lookFromHash, lookToHash } from '../../../sdk_src/src/look/look_hash.ts'
import { LOOKS } from '../../../sdk_src/src/look/looks.ts'
import { MAX_LENGTH, POLISH_KEYS, resolvePolish } from '../../../sdk_src/src/look/polish.ts'
import type { Look, Polish } from '../../../sdk_src/src/types.ts'

const PLAIN: Polish = { color: '#8a0f2c', finish: 'gloss' }
const FULL: Look = {
  name: 'Abend, ночь, 夜 🌙',
  polish: { ...PLAIN, opacity: 0.9, shape: 'coffin', length: 0.5 },
  fingers: { ring: { finish: 'pattern', pattern: 'daisies' }, thumb: { opacity: 0 } },
}

/** Refused with `option-invalid`, and the message names the part. */
function refuses(run: () => unknown, part: string) {
  assert.throws(run, (thrown) => {
    assert.ok(thrown instanceof LunulaError, String(thrown))
    assert.equal(thrown.code, 'option-invalid')
    assert.ok(thrown.message.includes(`"${part}"`), thrown.message)
    return true
  })
}

const polish = (given: unknown) => () => resolvePolish(given as Polish)
const look = (given: unknown) => () => resolveLook(given as Look)

test('polish: colours of three and six digits, opaque and as it grows unless said', () => {
  const filled = resolvePolish({ color: '#8A0f2c', finish: 'gloss' })
  assert.deepEqual(
    { ...filled, accent: '' },
    {
      color: '#8A0f2c',
      finish: 'gloss',
      opacity: 1,
      accent: '',
      shape: 'natural',
      length: 0,
      pattern: 'dots',
    },
  )
  assert.equal(resolvePolish({ color: '#fff', finish: 'matte', opacity: 0 }).opacity, 0)
  assert.equal(resolvePolish({ color: '#000', finish: 'glitter' }).accent, '#8c8c8c')
})

test('polish: everything else is refused, by name', () => {
  refuses(polish({ color: 'red', finish: 'gloss' }), 'polish.color')
  refuses(polish({ color: '#12345', finish: 'gloss' }), 'polish.color')
  refuses(polish({ color: '#123456', finish: 'velvet' }), 'polish.finish')
  refuses(polish({ ...PLAIN, opacity: 1.5 }), 'polish.opacity')
  refuses(polish({ ...PLAIN, opacity: Number.NaN }), 'polish.opacity')
  refuses(polish({ ...PLAIN, accent: 'white' }), 'polish.accent')
  refuses(polish({ ...PLAIN, shape: 'oval' }), 'polish.shape')
  refuses(polish({ ...PLAIN, length: 3 }), 'polish.length')
  refuses(polish({ ...PLAIN, pattern: 'https://elsewhere.example/' }), 'polish.pattern')
  refuses(polish({ ...PLAIN, colour: '#fff' }), 'colour')
  refuses(polish('#123456'), 'polish')
})

test('look: a finger keeps what it does not say itself', () => {
  const { polish, fingers } = resolveLook(FULL)
  assert.deepEqual(fingers.thumb, { ...polish, opacity: 0 })
  assert.equal(fingers.ring?.shape, 'coffin')
  assert.equal(fingers.ring?.finish, 'pattern')
  assert.deepEqual(Object.keys(fingers), ['thumb', 'ring'])
})

test('look: what is wrong is named by its path', () => {
  refuses(look({ ...FULL, polish: undefined }), 'look.polish')
  refuses(look({ ...FULL, name: 'x'.repeat(61) }), 'look.name')
  refuses(look({ ...FULL, fingers: { pinky: {} } }), 'pinky')
  refuses(look({ ...FULL, fingers: { ring: { color: 'red' } } }), 'look.fingers.ring.color')
  refuses(look({ ...FULL, fingers: { ring: null } }), 'look.fingers.ring')
  refuses(look({ ...FULL, fingers: [] as unknown, extra: 1 }), 'extra')
  refuses(look(JSON.parse('{"polish":{"color":"#fff","finish":"gloss"},"__proto__":{"x":1}}')), '__proto__')
})

test('the schema says what the code says', () => {
  const { properties } = schema.$defs.polish
  assert.deepEqual(properties.finish.enum, FINISHES)
  assert.deepEqual(properties.shape.enum, SHAPES)
  assert.equal(properties.length.maximum, MAX_LENGTH)
  assert.deepEqual(Object.keys(properties), POLISH_KEYS)
  for (const [name, property] of Object.entries(properties)) {
    if (!('pattern' in property)) continue
    const valid = new RegExp(property.pattern)
    for (const text of ['#fff', '#8A0f2c', '#12345', 'red', 'dots', 'a-b1', '-a', 'A', '', 'x'.repeat(33)]) {
      const accepted = (() => {
        try {
          return Boolean(resolvePolish({ ...PLAIN, [name]: text }))
        } catch {
          return false
        }
      })()
      assert.equal(valid.test(text), accepted, `${name}: ${text}`)
    }
  }
})

test('a link brings a look back', () => {
  for (const look of [...LOOKS, FULL, { polish: PLAIN }]) {
    const hash = lookToHash(look)
    assert.match(hash, /^[\w.-]+$/)
    assert.deepEqual(lookFromHash(hash), look)
    assert.deepEqual(lookFromHash(`#${hash}`), look)
  }
  const all = resolvePolish({ ...PLAIN, pattern: 'x'.repeat(32) })
  const fingers = { thumb: all, index: all, middle: all, ring: all, little: all }
  assert.ok(lookToHash({ name: '夜'.repeat(60), polish: all, fingers }).length <= LONGEST_HASH)
})

test('a link from anywhere gives a valid look or a LunulaError, whatever is in it', () => {
  const random = lcg(20261122)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const encode = (value: unknown) => `l1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`
  const valid = [...LOOKS, FULL].map(lookToHash)
  const odd = [
    null,
    [],
    {},
    '',
    0,
    -1,
    Number.POSITIVE_INFINITY,
    true,
    '__proto__',
    'constructor',
    '#fff',
    'gloss',
    '<img src=x>',
    [[[]]],
    'javascript:alert(1)',
  ]
  const makers: (() => unknown)[] = [
    () => Array.from({ length: random() * 80 }, () => String.fromCharCode(random() * 65536)).join(''),
    () => `l1.${Array.from({ length: random() * 200 }, () => pick([...'abcXYZ019-_=+/'])).join('')}`,
    () => {
      const hash = [...pick(valid)]
      hash[Math.floor(random() * hash.length)] = pick([...'aZ9-_ %\0é'])
      return hash.join('')
    },
    () => pick(valid).slice(0, random() * 60),
    () =>
      encode(
        Array.from({ length: random() * 9 }, () =>
          random() < 0.5 ? pick(odd) : Array.from({ length: random() * 9 }, () => pick(odd)),
        ),
      ),
    () => encode(pick(odd)),
    () => `l1.${'A'.repeat(random() * 1e5)}`,
    () => encode(JSON.parse('['.repeat(300) + ']'.repeat(300))),
    () => pick(odd),
  ]
  let accepted = 0
  for (let i = 0; i < 20_000; i++) {
    const hash = pick(makers)()
    try {
      const look = lookFromHash(hash as string)
      resolveLook(look)
      assert.deepEqual(lookFromHash(lookToHash(look)), look)
      accepted++
    } catch (thrown) {
      assert.ok(thrown instanceof LunulaError, `${String(hash).slice(0, 80)}: ${thrown}`)
      assert.ok(thrown.message.length < 400)
    }
  }
  assert.ok(accepted > 50) // single damaged letters of a name do no harm
  assert.equal(({} as Record<string, unknown>).x, undefined)
})

/** A small generator, so that a failure comes again. */
function lcg(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
