import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createScratch } from './scratch.ts'

test('what is joined is whole, whatever was joined before', () => {
  const joined = createScratch()
  for (const size of [10, 100_000, 3, 70_000, 0]) {
    const parts = [Buffer.from('head'), Buffer.alloc(size, 'x')]
    assert.deepEqual(joined(...parts), Buffer.concat(parts))
  }
})
