import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutTexts, reviewed, reviewedJson } from './reviewed.ts'

test('what is not seen, or looks like something else, is shown as its code', () => {
  const shown: [string, string][] = [
    ['a\u0000b\u001b[31m', 'a\\u0000b\\u001b[31m'],
    ['user\u202etxt.exe', 'user\\u202etxt.exe'],
    ['pass\u200bword\ufeff', 'pass\\u200bword\\ufeff'],
    ['a\u00a0b', 'a\\u00a0b'],
    ['p\u0430ypal', 'p\\u0430ypal'],
    ['\u0440\u043e\u0440', '\\u0440\\u043e\\u0440'],
    ['\uff52\uff4d', '\\uff52\\uff4d'],
    ['\u{1d400}', '\\ud835\\udc00'],
    ['line\nbreak', 'line\\u000abreak'],
  ]
  for (const [text, code] of shown) assert.equal(reviewed(text), code)
})

test('what people write in their languages stays', () => {
  for (const text of ['naïve café', 'привет', 'ελληνικά', '日本語', 'größer 😀', 'a "b" c/d-e'])
    assert.equal(reviewed(text), text)
})

test('a long value is shown by its ends, and how much is left out', () => {
  const text = reviewedJson({ data: `begin${'x'.repeat(10_000)}end` })
  assert.match(text, /^\{"data":"begin/)
  assert.match(text, /x … 8008 of 10008 characters are not shown … x/)
  assert.match(text, /end"\}$/)
  assert.equal(cutTexts({ a: ['y'.repeat(2_001)], b: { c: 'y'.repeat(9_000) }, d: 'y'.repeat(2_000) }), 2)
})

test('JSON for people is the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = reviewedJson(value, indent)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    }),
  )
})
