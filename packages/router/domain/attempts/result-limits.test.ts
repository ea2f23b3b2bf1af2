import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { packMessage, unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { withinLimits } from './result-limits.ts'

const frame: ResultFrame = {
  t: 'result',
  execution_id: '00000000-0000-4000-8000-000000000001',
  attempt: 1,
  lease_epoch: 1,
  outcome: 'completed',
  exit_code: null,
  signal: null,
  error: null,
  result: null,
  started_at: 1,
  finished_at: 2,
  stdout_bytes: 0,
  stderr_bytes: 0,
  truncated: false,
}
// Quotes are two more.
const most = 'x'.repeat(limits.resultBytes - 2)

test('a result may have as many bytes of JSON as its limit says', () => {
  for (const result of [null, undefined, 1, { ok: true }, most]) {
    const whole = { ...frame, result }
    assert.equal(withinLimits(whole, false), whole)
  }
})

test('one byte more, however it is encoded, and the call has failed', () => {
  // Bytes become an object with a key each, and a control character six letters.
  const large = [`${most}x`, 'é'.repeat(most.length / 2 + 1), '\u0001'.repeat(50_000), new Uint8Array(50_000)]
  for (const result of large) {
    const kept = withinLimits({ ...frame, result }, false)
    assert.deepEqual(
      [kept.outcome, kept.error?.code, kept.result, kept.truncated],
      ['failed', 'execution_failed', null, true],
    )
  }
})

test('one level deeper, however deep, and the call has failed', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1
    for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value }
    return value
  }
  const fits = { ...frame, result: nested(limits.resultDepth) }
  assert.equal(withinLimits(fits, false), fits)
  for (const levels of [limits.resultDepth + 1, 100_000]) {
    const kept = withinLimits({ ...frame, result: nested(levels) }, false)
    assert.deepEqual([kept.outcome, kept.result], ['failed', null])
    assert.match(kept.error?.message ?? '', /nested deeper than 64 levels/)
  }
})

test('a value that JSON does not have is not stored as another one, and the call has failed', () => {
  const foreign: [unknown, RegExp][] = [
    [Number.NaN, /is no JSON value: it holds the number NaN\.$/],
    [{ deep: [1, Number.POSITIVE_INFINITY] }, /the number Infinity/],
    [{ data: new Uint8Array(3) }, /bytes/],
    [[new Date(0)], /an extension type/],
    [[undefined], /undefined/],
  ]
  for (const [result, message] of foreign) {
    // As it comes over the wire.
    const { result: read } = unpackMessage(packMessage({ result })) as { result: unknown }
    const kept = withinLimits({ ...frame, result: read }, false)
    assert.deepEqual([kept.outcome, kept.error?.code, kept.result], ['failed', 'execution_failed', null])
    assert.match(kept.error!.message, message)
  }
  const json = { text: 'NaN', list: [null, true, -0.5, ''], empty: {}, 7: 7 }
  const { result } = unpackMessage(packMessage({ result: json })) as { result: unknown }
  const whole = { ...frame, result }
  assert.equal(withinLimits(whole, false), whole)
})

test('a call that did not complete keeps its own end, without what was too large', () => {
  const error = { code: 'execution_interrupted', message: 'It stopped.' }
  const kept = withinLimits({ ...frame, outcome: 'interrupted', error, result: `${most}x` }, false)
  assert.deepEqual([kept.outcome, kept.error, kept.result, kept.truncated], ['interrupted', error, null, true])
})

test('output that was dropped here is marked', () => {
  assert.equal(withinLimits({ ...frame, result: 1 }, true).truncated, true)
})
