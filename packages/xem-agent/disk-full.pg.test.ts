// An agent whose disk takes nothing: it serves, refuses what it must record, and says what it could not keep.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-disk-full-'))
let system: System
before(async () => {
  system = await startSystem()
})
after(async () => {
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a binding and a reload take effect in the same session although their manifest cannot be written', async () => {
  const state = join(folder, 'manifest')
  const agent = await system.addAgent({ name: 'manifest', env: { XEM_QUEUE_DB_PATH: join(state, 'queue.sqlite') } })
  const session = async () => (await system.client.call('agents.show', { params: { id: 'manifest' } })).lease_epoch
  const before = await session()
  // What stands in its way fails the write as a full or read-only disk does.
  mkdirSync(join(state, 'manifest.json.tmp'))
  await system.addWorkspace('manifest', 'generic', [agent])
  writeMarkBundle(agent.tools)
  await agent.agent.reload()
  await until('the new tools', async () => {
    const { data } = await system.client.call('tools.list', { query: { workspace: 'manifest' } })
    return data.some(({ name }) => name === 'mark_read') || undefined
  })
  assert.equal(await session(), before)
})
