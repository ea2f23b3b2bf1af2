import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Manifest, manifestContent } from '@xerotier/protocol/manifest.ts'
import { checkManifest } from './check-manifest.ts'

async function manifestFault(manifest: Manifest): Promise<string | undefined> {
  const checked = await checkManifest(manifest)
  return 'fault' in checked ? checked.fault : undefined
}

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

test('manifests that are alike share what they hold, and one with another tool shares the others', async () => {
  const [one, two] = [toolOf('one'), toolOf('two', { input_schema: { type: 'object', title: 'two' } })]
  const taken = async (...tools: (typeof one)[]) => {
    const checked = await checkManifest(structuredClone(manifestOf(tools)))
    assert.ok('manifest' in checked)
    return checked.manifest
  }
  const [first, again, other] = [await taken(one, two), await taken(one, two), await taken(one, toolOf('three'))]
  assert.equal(first.tools, again.tools)
  assert.equal(first.tools[0], other.tools[0])
  assert.deepEqual(first, manifestOf([one, two]))
})

test('a tool whose digest does not cover its schema is refused, also when the same was taken before', async () => {
  const good = toolOf('covered', { input_schema: { type: 'object', title: 'good' } })
  assert.equal(await manifestFault(manifestOf([good])), undefined)
  const bad = { ...good, input_schema: { type: 'object', title: 'other' } }
  assert.match((await manifestFault(manifestOf([bad]))) ?? '', /schema_digest of covered does not cover/)
})
