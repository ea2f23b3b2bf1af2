// The CURVE keys between an agent and its router are replaced while calls run.
import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentForTests } from './agent-for-tests.ts'
import { dial } from './dial.ts'
import { marks, writeMarkBundle } from './faults/mark-bundle.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { credentialsOf } from './rotated-keys.ts'
import { shiftedClock } from './shifted-clock.ts'
import { type System, startSystem } from './system.ts'

const clock = shiftedClock()
const overlapMs = 3_600_000
let system: System
let agent: AgentForTests
before(async () => {
  system = await startSystem({ clock, settings: { keyOverlapMs: overlapMs } })
  agent = await system.addAgent({ name: 'rotating', prepare: ({ tools }) => writeMarkBundle(tools) })
  await system.addWorkspace('spinning', 'generic', [agent])
})
after(() => system.stop())

const keyOf = (one: AgentForTests) => credentialsOf(one).curve
const routerOf = (one: AgentForTests) => credentialsOf(one).router
const rotate = (id: string, reason?: string) =>
  system.client.call('agents.curveRotate', {
    params: { id },
    query: { wait: Math.floor(patienceMs / 1000) },
    body: reason === undefined ? {} : { reason },
  })
const kindsOf = async (id: string) =>
  (await system.client.call('agents.events', { params: { id }, query: { limit: 50 } })).data.toReversed()

test('both sides have new keys, a call that runs meanwhile ends once, and the cut-over is on record', async () => {
  const file = join(agent.folder, 'marks')
  const { id, approval_id } = await system.ask('spinning', 'mark_destructive', { file, ms: 0, gate: `${file}-gate` })
  await system.client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  await until('the tool to run', () => (marks(file).started > 0 ? true : undefined))
  const [oldKey, oldRouter] = [keyOf(agent), routerOf(agent)]

  const rotation = await rotate('rotating', 'a laptop was lost')
  assert.equal(rotation.state, 'completed')
  assert.equal(rotation.reason, 'a laptop was lost')
  const aged = await system.client.call('agents.show', { params: { id: 'rotating' } })
  assert.deepEqual([aged.curve_key_since, aged.signing_key_since], [rotation.completed_at, aged.enrolled_at])
  await until('the new key to be on disk', () => (keyOf(agent).publicKey === oldKey.publicKey ? undefined : true))
  const [newKey, newRouter] = [keyOf(agent), routerOf(agent)]
  assert.notEqual(newRouter.curve_public_key, oldRouter.curve_public_key)
  assert.notEqual(newRouter.address, oldRouter.address)
  assert.equal(statSync(join(agent.folder, 'curve-key.hex')).mode & 0o777, 0o600)

  writeFileSync(`${file}-gate`, '')
  const ended = await until('the call to end', async () => {
    const execution = await system.client.call('executions.show', { params: { id } })
    return execution.finished_at === null ? undefined : execution
  })
  assert.deepEqual([ended.state, marks(file)], ['completed', { started: 1, ended: 1 }])

  // The router's old key had no other agent.
  assert.equal(
    await until('the old endpoint to close', async () =>
      (await dial(oldKey, oldRouter)) === 'closed' ? true : undefined,
    ),
    true,
  )
  assert.equal(await dial(newKey, newRouter), 'admitted')
  assert.equal(await dial(oldKey, newRouter), 'admitted', 'the old key counts during the overlap')
  clock.shift(overlapMs + 1)
  assert.equal(await dial(oldKey, newRouter), 'refused')
  assert.equal(await dial(newKey, newRouter), 'admitted')

  const events = await until('the end of the overlap', async () => {
    const events = await kindsOf('rotating')
    return events.some(({ kind }) => kind === 'agent.rotation_ended') ? events : undefined
  })
  const told = events.filter(({ kind }) => kind.startsWith('agent.rotation'))
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['requested', 'acknowledged', 'completed', 'ended'].map((state) => `agent.rotation_${state}`),
  )
  assert.equal(told[2]!.data.reason, 'a laptop was lost')
  assert.ok(told[2]!.data.cut_over_at)
})
