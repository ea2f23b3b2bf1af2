import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { Topology } from '@xerotier/protocol/api/topology.ts'

let system: RouterForTests
const open: ServingAgent[] = []

before(async () => {
  system = await startRouterForTests()
})
after(async () => {
  for (const { agent } of open) agent.close()
  await system.stop()
})

const topology = (at?: string) => system.client.call('topology.show', { query: at === undefined ? {} : { at } })

/** By name, as nobody draws it. */
function told({ workspaces, agents, tools, approvers }: Topology) {
  return {
    workspaces: Object.fromEntries(
      workspaces.map(({ name, is_paused, approvers: asked }) => [
        name,
        [is_paused ? 'paused' : 'open', ...asked.map((at) => `${approvers[at]?.kind} ${approvers[at]?.name}`)],
      ]),
    ),
    agents: Object.fromEntries(
      agents.map(({ name, health, workspaces: served, tools: offered }) => [
        name,
        [health, served.map((at) => workspaces[at]?.name).sort(), offered?.map((at) => tools[at]?.name).sort() ?? null],
      ]),
    ),
    tools: Object.fromEntries(tools.map(({ name, risk }) => [name, risk])),
  }
}

/** A moment of the database's, behind what was done before it. */
async function moment(): Promise<string> {
  const { at } = await topology()
  await until('the clock to have moved on', async () => ((await topology()).at > at ? true : undefined))
  return at
}

test('a topology tells who serves what with which tools and who decides, now and as it was', async () => {
  const { client } = system
  const empty = await moment()
  const one = await servingAgent(client, 'one', 'prod', [toolOf('look'), toolOf('stop', { risk: 'destructive' })])
  const two = await servingAgent(client, 'two', 'prod', [toolOf('look')])
  open.push(one, two)
  await client.call('workspaces.bind', { params: { id: 'prod' }, body: { agent: 'two' } })
  const first = await moment()
  const both = {
    workspaces: { prod: ['open', 'anyone anyone'] },
    agents: { one: ['healthy', ['prod'], ['look', 'stop']], two: ['healthy', ['prod'], ['look']] },
    tools: { look: 'read', stop: 'destructive' },
  }
  assert.deepEqual(told(await topology()), both)

  await client.call('groups.create', { body: { name: 'sre' } })
  await client.call('policies.apply', {
    params: { policy: 'strict' },
    body: { workspace: 'prod', document: { stages: [{ approvers: { groups: ['sre'], roles: ['owner'] } }] } },
  })
  await client.call('workspaces.create', { body: { name: 'lab' } })
  await client.call('workspaces.bind', { params: { id: 'lab' }, body: { agent: 'one' } })
  await client.call('workspaces.unbind', { params: { id: 'prod', agent: 'two' } })
  await client.call('pauses.create', { body: { workspace: 'prod' } })
  await client.call('agents.pause', { params: { id: 'one' }, body: {} })
  const second = await moment()
  const paused = {
    workspaces: { prod: ['paused', 'role owner', 'group sre'], lab: ['open', 'anyone anyone'] },
    agents: { one: ['paused', ['lab', 'prod'], ['look', 'stop']], two: ['healthy', [], ['look']] },
    tools: both.tools,
  }
  assert.deepEqual(told(await topology()), paused)

  await client.call('agents.delete', { params: { id: 'one' } })
  await client.call('workspaces.delete', { params: { id: 'lab' } })
  const gone = told(await topology())
  assert.deepEqual([Object.keys(gone.workspaces), Object.keys(gone.agents)], [['prod'], ['two']])

  assert.deepEqual(told(await topology(second)), paused, 'what is gone stands where it stood')
  assert.deepEqual(told(await topology(first)), both)
  const nothing = await topology(empty)
  assert.deepEqual([nothing.workspaces, nothing.agents], [[], []])
  assert.ok(nothing.begins_at <= empty && nothing.is_whole)
})

test('tools that were published later are not told of a time before', async () => {
  const { client } = system
  const three = await servingAgent(client, 'three', 'prod', [toolOf('look')])
  open.push(three)
  const before = await moment()
  three.agent.close()
  const again = three.again([toolOf('look'), toolOf('more')])
  await again.open()
  open.push({ ...three, agent: again })
  assert.deepEqual(told(await topology()).agents.three, ['healthy', ['prod'], ['look', 'more']])
  assert.deepEqual(told(await topology(before)).agents.three, ['healthy', ['prod'], null])
})

test('who is held to a workspace sees what serves it, and no more', async () => {
  const { client } = system
  await client.call('workspaces.create', { body: { name: 'other' } })
  const four = await servingAgent(client, 'four', 'other', [toolOf('hidden')])
  open.push(four)
  const { key } = await client.call('apiKeys.create', {
    body: { name: 'narrow', scopes: ['management'], workspaces: ['prod'] },
  })
  const seen = told(await system.clientWith(key).call('topology.show', { query: {} }))
  assert.deepEqual(Object.keys(seen.workspaces), ['prod'])
  assert.ok(!('four' in seen.agents) && !('hidden' in seen.tools))
})
