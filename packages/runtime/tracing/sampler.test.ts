import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSampled } from './sampler.ts'

const traceIds = Array.from(
  { length: 1000 },
  (_, at) => `0190${'0'.repeat(14)}${(at * 0x4189374bc6a7).toString(16).padStart(14, '0')}`,
)
const share = (sampling: Parameters<typeof isSampled>[0], above?: boolean) =>
  traceIds.filter((id) => isSampled(sampling, id, above)).length / traceIds.length

test('a ratio takes its share of the traces, the same ones everywhere', () => {
  const quarter = share({ sampler: 'traceidratio', rate: 0.25 })
  assert.ok(quarter > 0.2 && quarter < 0.3, String(quarter))
  assert.equal(share({ sampler: 'parentbased_traceidratio', rate: 0 }), 0)
  assert.equal(share({ sampler: 'parentbased_traceidratio', rate: 1 }), 1)
})

test('with parentbased whoever began the trace decides, without it each process does', () => {
  assert.equal(share({ sampler: 'parentbased_always_off', rate: 1 }, true), 1)
  assert.equal(share({ sampler: 'parentbased_always_on', rate: 1 }, false), 0)
  assert.equal(share({ sampler: 'parentbased_always_off', rate: 1 }), 0)
  assert.equal(share({ sampler: 'always_on', rate: 0 }, false), 1)
  assert.equal(share({ sampler: 'always_off', rate: 1 }, true), 0)
})
