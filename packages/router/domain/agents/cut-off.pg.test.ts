// An operator cuts an agent off while it works.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'

// It stands still: nothing here may wait for a grace or a duty, so all of it happens at once.
const clock = settableClock()
let system: RouterForTests
let client: RouterForTests['client']
const open: ServingAgent[] = []
before(async () => {
  system = await startRouterForTests({ clock })
  client = system.client
})
after(async () => {
  for (const { agent } of open) agent.close()
  await system.stop()
})

const tools = [toolOf('look'), toolOf('change', { risk: 'write' })]
async function serving(name: string, workspace: string): Promise<ServingAgent> {
  const agent = await servingAgent(client, name, workspace, tools, { lease_renewal_interval_ms: 3_600_000 })
  open.push(agent)
  return agent
}
const submit = async (workspace: string, tool: string) =>
  (await client.call('invocations.submit', { body: { workspace, tool, args: {} } })).id
const show = (id: string) => client.call('executions.show', { params: { id } })

for (const [words, cut, reason] of [
  ['revoked', 'agents.revokeCredentials', /credentials of its agent were revoked/],
  ['deleted', 'agents.delete', /agent was deleted/],
] as const) {
  test(`the session of an agent that was ${words} ends at once, and so does the doubt about its calls`, async () => {
    const first = await serving(`${words}-1`, words)
    const change = await submit(words, 'change')
    const look = await submit(words, 'look')
    for (let n = 0; n < 2; n++) await first.agent.next('dispatch')
    const second = await serving(`${words}-2`, words)
    await client.call(cut, { params: { id: `${words}-1` } })
    assert.equal(system.router.core.fleet.get(system.projectId, first.agentId), undefined)
    const doubtful = await show(change)
    assert.equal(doubtful.state, 'ambiguous')
    assert.match(doubtful.error?.message ?? '', reason)
    assert.equal((await first.agent.next('reenroll')).t, 'reenroll')
    assert.equal((await second.agent.next('dispatch')).execution_id, look, 'what may run again goes to another agent')

    // The old keys open nothing: an answer of theirs changes nothing.
    const { attempt } = doubtful
    await first.agent
      .send([{ t: 'result', execution_id: change, attempt, lease_epoch: first.agent.leaseEpoch, outcome: 'completed' }])
      .catch(() => {})
    await second.answer({ execution_id: look, attempt: 2, lease_epoch: second.agent.leaseEpoch })
    assert.equal((await show(change)).state, 'ambiguous')
    const { data } = await client.call('executions.list', { query: { status: 'ambiguous', limit: 10 } })
    assert.ok(data.some(({ id }) => id === change))
    await client.call('executions.resolve', { params: { id: change }, body: { outcome: 'failed', note: 'looked' } })
  })
}

test('to cut off an agent twice, or one that has nothing in hand, is no error', async () => {
  const idle = await serving('idle', 'idle')
  for (let n = 0; n < 2; n++) await client.call('agents.revokeCredentials', { params: { id: idle.agentId } })
  await client.call('agents.delete', { params: { id: idle.agentId } })
  await until('its events to be written', async () => {
    const { rows } = await system.router.core.store.pool.query('select kind from events where agent_id = $1', [
      idle.agentId,
    ])
    const kinds = rows.map(({ kind }) => kind)
    return kinds.includes('agent.deleted') && kinds.filter((kind) => kind === 'agent.credentials_revoked').length === 1
      ? true
      : undefined
  })
})
