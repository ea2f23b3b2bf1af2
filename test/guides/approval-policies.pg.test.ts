// The guide to policies, as written.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { path, walkGuide } from './walk.ts'

const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
let system: System

before(async () => {
  system = await startSystem()
  const agent = await system.addAgent({ env: { XEM_SHIPPED_BUNDLES: 'host' } })
  await system.addWorkspace('local-host', 'host', [agent])
})
after(async () => {
  await system?.stop()
  rmSync(home, { recursive: true, force: true })
})

test('a policy is written, tried, drafted, activated, decided by, changed and deleted', async (t) => {
  const { id: projectId } = await system.client.call('project.show')
  const scopes = ['execution' as const, 'management' as const]
  const owner = await personForTests(system.router.router.core, projectId, 'olga', { role: 'owner', scopes })
  const env = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: owner.key,
  }
  const walk = walkGuide('approval-policies.md', { workstation: { cwd: home, env } })
  t.after(() => walk.stop())
  walk.values.wid = 'local-host'
  const ask = async () => {
    const body = { workspace: 'local-host', tool: 'host_process_kill', args: { pid: 4194000 } }
    return (await system.client.call('invocations.submit', { body })).approval_id ?? ''
  }
  await walk.run()
  const schema = JSON.parse(readFileSync(join(home, 'approval-policy.schema.json'), 'utf8'))
  assert.equal(schema.properties.rules.items.type, 'object')
  await walk.run()

  const tried = (await walk.run()).stdout
  assert.match(tried, /Decision: +refuse/)
  assert.match(tried, /leave init alone +true +refuses: Process 1 is not yours to kill/)
  const before = await ask()
  assert.match((await walk.run()).stdout, /They would have: +0, 1, 0/)
  const planned = (await walk.run()).stdout
  assert.match(planned, /Dry run: +nothing was changed/)
  assert.match(planned, /host_process_kill +local-host +asked again/)

  assert.match((await walk.run()).stdout, /Draft: +1/)
  const activated = (await walk.run()).stdout
  assert.match(activated, /asked again/)
  assert.match(activated, /^version: 1$/m)
  assert.equal((await system.client.call('approvals.show', { params: { id: before } })).state, 'voided')

  walk.values['approval-id'] = await ask()
  const approval = await system.client.call('approvals.show', { params: { id: walk.values['approval-id'] } })
  assert.deepEqual([approval.asked.policy, approval.asked.version, approval.needs], ['careful', 1, ['an owner']])
  const decided = (await walk.run()).stdout
  assert.match(decided, /Policy: +careful, version 1/)
  assert.match(decided, /Still needed: +an owner/)
  assert.match(decided, /approved: host_process_kill/)

  const changed = (await walk.run()).stdout
  assert.match(changed, /^ *2 +active +.*two minutes are enough/m)
  assert.match(changed, /stages\.on call\.seconds\n *- 300\n *\+ 120/)
  assert.deepEqual((await system.client.call('policies.list')).data, [])
  await walk.end()
})
