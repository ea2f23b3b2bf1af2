import assert from 'node:assert/strict'
import { test } from 'node:test'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import fc from 'fast-check'
import { roundedNumbers } from './rounded-numbers.ts'

const rounded = (json: string) => [...roundedNumbers(json)].map(({ text }) => text)

test('a number that JSON.parse reads as another is found, wherever it stands', () => {
  for (const text of [
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '0.1234567890123456789',
    '1.00000000000000000001',
    '1e400',
    '-1e400',
    '1e-400',
    '1.7976931348623159e308',
    `0.${'3'.repeat(5_000)}`,
  ]) {
    assert.deepEqual(rounded(text), [text])
    assert.deepEqual(rounded(`{"a":[1,{"b":${text}}],"${text}":"${text} \\" ${text}"}`), [text])
  }
})

test('a number that is kept is not, however it is written', () => {
  for (const text of ['0', '-0', '0.1', '1.10', '1e3', '1E+3', '100e-2', '9007199254740992', '1e22', '0.000', '0e999'])
    assert.deepEqual(rounded(`[${text}]`), [])
  assert.deepEqual(rounded('"9007199254740993 and 1e400"'), [])
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.deepEqual(rounded(JSON.stringify({ value })), [])
      assert.deepEqual(rounded(value.toExponential()), [])
    }),
  )
})

test('a text of many digits, of many zeros and of many strings takes no longer than its length', () => {
  const from = threadMs()
  for (const text of [
    `[${'1'.repeat(1_000_000)}]`,
    `[0.${'0'.repeat(1_000_000)}1]`,
    `[${'1e5,'.repeat(250_000)}1]`,
    `["${'\\"'.repeat(500_000)}"]`,
  ])
    rounded(text)
  assert.ok(threadMs() - from < 10_000)
})
