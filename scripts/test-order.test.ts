import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { longestFirst, longFiles } from './test-order.ts'

test('the files that take long come first, longest first, and the others in their order', () => {
  const [first = '', second = ''] = longFiles
  assert.deepEqual(longestFirst(['b.test.ts', second, 'a.test.ts', first]), [first, second, 'b.test.ts', 'a.test.ts'])
  assert.deepEqual(longestFirst(['b.test.ts']), ['b.test.ts'])
})

test('every file that is said to take long is there', () => {
  assert.deepEqual(
    longFiles.filter((path) => !existsSync(join(import.meta.dirname, '..', path))),
    [],
  )
})
