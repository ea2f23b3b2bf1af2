import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TookTooLong, withinTime } from './within-time.ts'

test('work without end is stopped, and the process goes on', async () => {
  assert.throws(() => {
    withinTime(20, () => {
      for (;;);
    })
  }, TookTooLong)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(
    withinTime(1_000, () => 'again'),
    'again',
  )
})

test('what the work throws is what it throws', () => {
  const error = new TypeError('mine')
  assert.throws(
    () =>
      withinTime(1_000, () => {
        throw error
      }),
    (thrown) => thrown === error,
  )
})
