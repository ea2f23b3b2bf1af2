import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesOf } from './differences.ts'

test('what differs is named by its path, and members in another order do not', () => {
  const before = { rules: [{ name: 'a', when: 'true' }], quorum: 1, stages: [] }
  const after = { stages: [], quorum: 1, rules: [{ when: 'false', name: 'a' }, { name: 'b' }], note: 'x' }
  assert.deepEqual(
    changesOf(before, after).map(({ name, before: was, after: is }) => [name, was, is]),
    [
      ['rules.0.when', '"true"', '"false"'],
      ['rules.1', undefined, '{"name":"b"}'],
      ['note', undefined, '"x"'],
    ],
  )
  assert.deepEqual(changesOf(before, { ...before }), [])
})
