import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { manifestContent } from '@xerotier/protocol/manifest.ts'
import { manifestFault } from './check-manifest.ts'

test('a manifest of exactly the limit is taken, and one byte more is refused', async () => {
  const withBytes = (count: number) => manifestOf([toolOf('t', { input_schema: { const: 'x'.repeat(count) } })])
  const empty = Buffer.byteLength(canonicalJson(manifestContent(withBytes(0))))
  const room = limits.manifestBytes - empty
  assert.equal(await manifestFault(withBytes(room)), undefined)
  assert.match((await manifestFault(withBytes(room + 1))) ?? '', /larger than the 1048576 bytes of manifestBytes/)
  const wide = manifestOf([toolOf('t', { input_schema: { const: 'ü'.repeat(room / 2 + 1) } })])
  assert.match((await manifestFault(wide)) ?? '', /larger/, 'bytes count, not characters')
})

test('how large the reports about bundles are does not matter, for their own schema limits them', async () => {
  const report = { name: 'n', version: null, error: 'e'.repeat(1000) }
  assert.equal(await manifestFault({ ...manifestOf([toolOf('t')]), bundles: Array(256).fill(report) }), undefined)
})
