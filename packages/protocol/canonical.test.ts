// Vectors of RFC 8785: §3.2.2, §3.2.3 and appendix B.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical.ts'

const numbers: [hex: string, text: string][] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
]

const doubleOf = (hex: string) => Buffer.from(hex, 'hex').readDoubleBE()

test('numbers are written as appendix B lists them', () => {
  for (const [hex, text] of numbers) assert.equal(canonicalJson(doubleOf(hex)), text, hex)
})

test('what JSON cannot hold is refused, wherever it stands', () => {
  const unholdable = [doubleOf('7fffffffffffffff'), doubleOf('7ff0000000000000'), 10n, () => 1, Symbol('x'), undefined]
  for (const value of unholdable) {
    assert.throws(() => canonicalJson(value), TypeError)
    assert.throws(() => canonicalJson([value]), TypeError)
  }
  for (const text of ['\ud800', 'a\udc00b', '\udead']) {
    assert.throws(() => canonicalJson(text), TypeError)
    assert.throws(() => canonicalJson({ [text]: 1 }), TypeError)
  }
})

test('literals, numbers and strings are written as §3.2.2 shows', () => {
  const input =
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
  assert.equal(
    canonicalJson(JSON.parse(input)),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('members are sorted by UTF-16 code units, as §3.2.3 shows', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    1: 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  }
  assert.deepEqual(Object.values(JSON.parse(canonicalJson(value).replace('"1":', '"z1":'))), [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

/** The same value with its members in another order, at every depth. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  )
}

const jsonValue = fc.jsonValue({ stringUnit: 'grapheme' })

test('the text means the value, and the value has one text', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      const text = canonicalJson(value)
      const again = JSON.parse(text)
      assert.equal(canonicalJson(again), text)
      assert.equal(canonicalJson(shuffled(value)), text)
      assert.deepEqual(again, JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 500 },
  )
})

test('every finite double comes back as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(JSON.parse(canonicalJson(value)), value === 0 ? 0 : value)
    }),
    { numRuns: 2000 },
  )
})

test('a member named __proto__ is part of the text', () => {
  assert.equal(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}')), '{"__proto__":{"a":2},"b":1}')
})
