import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { leaseRenewalFrame } from '@xerotier/protocol/frames/session/lease-renewal.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Manifest, manifestContent, type ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import { packMessage } from '@xerotier/runtime/msgpack.ts'
import type { z } from 'zod'
import { createManifestKeeper } from './manifest.ts'

test('the largest manifest fits one message, however MessagePack writes it', () => {
  // What grows most against canonical JSON: "0.5," is nine bytes. Reports and calls are the longest
  // that their schemas allow.
  const withNumbers = (count: number) => [toolOf('t', { input_schema: { enum: Array(count).fill(0.5) } })]
  const bytesOf = (tools: ToolDescriptor[]) =>
    Buffer.byteLength(canonicalJson(manifestContent({ tools, workspaces: [] })))
  const tools = withNumbers(Math.floor((limits.manifestBytes - bytesOf(withNumbers(0))) / 4))
  const texts = { name: '\uffff'.repeat(128), version: '\uffff'.repeat(64), error: '\uffff'.repeat(1000) }
  const report = { ...texts, left_out: [] }
  const characters = Math.floor(limits.leftOutCharacters / limits.leftOutTools)
  const leftOut = { name: '\uffff', reason: '\uffff'.repeat(characters - 1) }
  const manifest: Manifest = {
    manifest_version: 2 ** 31 - 1,
    manifest_hash: 'f'.repeat(64),
    tools,
    workspaces: [],
    bundles: [...Array(255).fill(report), { ...report, left_out: Array(limits.leftOutTools).fill(leftOut) }],
  }
  const ref = { execution_id: randomUUID(), attempt: 2 ** 31 - 1, lease_epoch: 2 ** 31 - 1, status: 'running' as const }
  const frame: z.infer<typeof leaseRenewalFrame> = {
    t: 'lease_renewal',
    lease_epoch: 2 ** 31 - 1,
    manifest_hash: manifest.manifest_hash,
    manifest_version: manifest.manifest_version,
    manifest,
    in_flight: Array(limits.reportedCalls).fill(ref),
    draining: false,
  }
  leaseRenewalFrame.parse(frame)
  assert.ok(bytesOf(tools) <= limits.manifestBytes && bytesOf(tools) > limits.manifestBytes - 10)
  const message = packMessage({ v: wireVersion, s: 'x'.repeat(64), n: Number.MAX_SAFE_INTEGER, f: [frame] })
  assert.ok(message.length <= limits.messageBytes, `${message.length} bytes`)
})

test('a manifest whose state cannot be written is published all the same, and written with the next update', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-manifest-'))
  const path = join(folder, 'manifest.json')
  const inTheWay = `${path}.tmp`
  mkdirSync(inTheWay)
  const errors: unknown[] = []
  const keeper = createManifestKeeper(path, (error) => void errors.push(error))
  const bound = { workspaces: ['ws_0123456789ab'] }
  assert.equal(keeper.update(bound), true)
  assert.deepEqual([keeper.current().manifest_version, keeper.current().workspaces], [1, bound.workspaces])
  assert.equal(errors.length, 1)
  assert.deepEqual(createManifestKeeper(path).lastWorkspaces, [])
  rmSync(inTheWay, { recursive: true })
  assert.equal(keeper.update(bound), false)
  assert.deepEqual(createManifestKeeper(path).lastWorkspaces, bound.workspaces)
  assert.equal(errors.length, 1)
  rmSync(folder, { recursive: true })
})
