import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parentOf } from './traceparent.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

test('a traceparent is read as the standard says, later versions too', () => {
  assert.deepEqual(parentOf(`00-${traceId}-${spanId}-01`), { traceId, spanId, sampled: true })
  assert.deepEqual(parentOf(`00-${traceId}-${spanId}-02`), { traceId, spanId, sampled: false })
  assert.deepEqual(parentOf(`cc-${traceId}-${spanId}-03-what.comes.later`), { traceId, spanId, sampled: true })
})

test('a malformed one is none', () => {
  for (const malformed of [
    null,
    '',
    `00-${traceId}-${spanId}`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `ff-${traceId}-${spanId}-01`,
  ])
    assert.equal(parentOf(malformed), undefined, String(malformed))
})
