// The key that signs grants is replaced while agents run approved calls.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentForTests } from './agent-for-tests.ts'
import { bareAgent, enrollBare, toolOf } from './bare-agent.ts'
import { marks, writeMarkBundle } from './faults/mark-bundle.ts'
import { until } from './faults/until.ts'
import { credentialsOf } from './rotated-keys.ts'
import { shiftedClock } from './shifted-clock.ts'
import { type System, startSystem } from './system.ts'

const clock = shiftedClock()
const overlapMs = 3_600_000
let system: System
let agent: AgentForTests
before(async () => {
  system = await startSystem({ clock, settings: { keyOverlapMs: overlapMs, leaseIntervals: 1_000 } })
  agent = await system.addAgent({ name: 'granted', prepare: ({ tools }) => writeMarkBundle(tools) })
  await system.addWorkspace('gated', 'generic', [agent])
})
after(() => system.stop())

const pinned = () => credentialsOf(agent).router.signing_public_key
const rotate = (reason: string) => system.client.call('grantKeys.rotate', { body: { reason } })
const untilRetired = async () => {
  clock.shift(overlapMs + 1)
  await until('the key before to sign no more', async () => {
    const { keys } = await system.client.call('grantKeys.show')
    return keys.length === 1 ? true : undefined
  })
}

let count = 0
async function assertRuns(): Promise<void> {
  const file = join(agent.folder, `marks-${++count}`)
  const call = await system.runApproved('gated', 'mark_destructive', { file, ms: 0 })
  assert.deepEqual([call.state, marks(file)], ['completed', { started: 1, ended: 1 }])
}

test('agents are told of a new key, and take grants of it during the overlap, after it and after a restart', async () => {
  await assertRuns()
  const first = pinned()
  const { keys, unaware_agents } = await rotate('a backup was lost')
  assert.deepEqual(
    [keys.map(({ state }) => state), keys[0]!.reason, unaware_agents],
    [['current', 'retiring'], 'a backup was lost', 0],
  )
  await until('the new key to be pinned', () => (pinned() === first ? undefined : true))
  await assertRuns()
  await assert.rejects(rotate('again'), { code: 'grant_key_retiring' })
  await untilRetired()
  await assertRuns()
  await agent.restart()
  await system.untilHealthy(agent)
  await assertRuns()
  const said = await until('its end in the audit log', async () => {
    const { data } = await system.client.call('audit.records', { query: { kind: 'grant_key' } })
    return data.length === 2 ? data : undefined
  })
  assert.deepEqual(
    said.map(({ kind }) => kind),
    ['grant_key.retired', 'grant_key.rotated'],
  )
})

test('an agent that was away for two of them follows one after the other', async () => {
  const before = pinned()
  await agent.leave()
  for (const reason of ['one', 'two']) {
    await rotate(reason)
    await untilRetired()
  }
  await agent.restart()
  await system.untilHealthy(agent)
  await until('the newest to be pinned', () => (pinned() === before ? undefined : true))
  await assertRuns()
})

test('an agent that knows nothing of it keeps the key before, and is counted', async () => {
  const { keys, enrollment } = await enrollBare(system.client, 'earlier')
  const earlier = bareAgent(keys, enrollment, [toolOf('earlier_tool', { risk: 'destructive' })])
  await earlier.open()
  await system.client.call('workspaces.create', { body: { name: 'old' } })
  await system.client.call('workspaces.bind', { params: { id: 'old' }, body: { agent: 'earlier' } })
  const { unaware_agents } = await rotate('three')
  assert.equal(unaware_agents, 1)
  clock.shift(overlapMs + 1)
  const call = await system.ask('old', 'earlier_tool')
  await system.client.call('approvals.approve', { params: { id: call.approval_id! }, body: {} })
  const { grant } = await earlier.next('dispatch')
  assert.equal(grant?.signatures.length, 2, 'signed by the key that it knows, too')
  assert.equal((await system.client.call('grantKeys.show')).keys.length, 2)
  assert.ok(!earlier.waiting.some(({ t }) => t === 'grant_keys'))
  await system.client.call('agents.delete', { params: { id: 'earlier' } })
  await untilRetired()
  earlier.close()
})
