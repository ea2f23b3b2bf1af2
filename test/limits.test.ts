// Law L9: what limits.ts promises is what the code enforces.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { isTest, scripts } from './house/sources.ts'

test('every limit is used by what ships', () => {
  const shipped = scripts.filter(
    ({ path }) => path.startsWith('packages/') && path !== 'packages/protocol/limits.ts' && !isTest(path),
  )
  const unused = Object.keys(limits).filter((name) => {
    const use = new RegExp(`\\blimits\\.${name}\\b`)
    return !shipped.some(({ text }) => use.test(text))
  })
  assert.deepEqual(unused, [], 'enforce it, or remove it')
})
