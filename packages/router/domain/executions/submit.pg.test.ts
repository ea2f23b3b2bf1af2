import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import pg from 'pg'
import { newUuid } from '../ids.ts'

let system: RouterForTests
let serving: ServingAgent

before(async () => {
  system = await startRouterForTests()
  serving = await servingAgent(system.client, 'worker', 'ws', [toolOf('work')])
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

const submit = () => system.client.call('invocations.submit', { body: { workspace: 'ws', tool: 'work', args: {} } })

test('a router has as many commits in hand as their limit says, and refuses a submit beyond them at once', async (t) => {
  const { lanes } = system.router.core
  const blocker = new pg.Client(system.database.url)
  await blocker.connect()
  t.after(() => blocker.end())
  await blocker.query('begin; lock table executions in exclusive mode')
  const at = new Date()
  const item = () => ({
    ...{ id: newUuid(at.getTime()), agent_id: 'none', attempt: 1, lease_epoch: 1 },
    ...{ started_at: at, sent_at: at, at },
  })
  const waiting = Array.from({ length: limits.commitQueue - 1 }, () => lanes.commit('accept', item()))
  assert.equal(lanes.depth, limits.commitQueue - 1)

  const inHand = Promise.withResolvers<void>()
  const { commit } = lanes
  lanes.commit = (...submission) => {
    inHand.resolve()
    return commit(...submission)
  }
  const last = submit()
  await inHand.promise
  assert.equal(lanes.depth, limits.commitQueue)
  await assert.rejects(submit(), {
    code: 'capacity_exceeded',
    status: 429,
    retryAfter: 1,
    message: 'The router has too many submits in hand.',
  })
  await blocker.query('commit')
  assert.equal((await last).state, 'dispatched')
  assert.ok((await Promise.all(waiting)).every((written) => !written))
  assert.equal((await submit()).state, 'dispatched')
})

test('a submit that was accepted is answered again although its agent has gone, or its arguments would be refused now', async () => {
  const one = await servingAgent(system.client, 'leaving', 'left', [toolOf('leave', { risk: 'destructive' })])
  const invoke = (args: Record<string, unknown>, idempotencyKey: string) =>
    system.client.call('invocations.submit', { body: { workspace: 'left', tool: 'leave', args }, idempotencyKey })
  const first = await invoke({}, 'once')
  one.agent.close()
  await system.client.call('workspaces.unbind', { params: { id: 'left', agent: 'leaving' } })
  assert.deepEqual([(await invoke({}, 'once')).id, first.state], [first.id, 'pending_approval'])
  await assert.rejects(invoke({ other: 1 }, 'once'), { code: 'idempotency_conflict' })
  await assert.rejects(invoke({ text: '\0' }, 'once'), { code: 'exec_tool_not_found' })
  await assert.rejects(invoke({}, 'another'), { code: 'exec_tool_not_found' })
})

test('the kind of every call is noted, however it came to its agent', async (t) => {
  const { client } = system
  const one = await servingAgent(
    client,
    'one-at-a-time',
    'kinds',
    [toolOf('work'), toolOf('wipe', { risk: 'destructive' })],
    {
      max_concurrent_executions: 1,
    },
  )
  t.after(() => one.agent.close())
  const invoke = (tool: string) => client.call('invocations.submit', { body: { workspace: 'kinds', tool, args: {} } })
  const gated = await invoke('wipe')
  const states = [(await invoke('work')).state, (await invoke('work')).state, gated.state]
  assert.deepEqual(states, ['dispatched', 'queued', 'pending_approval'])
  await client.call('approvals.approve', { params: { id: gated.approval_id ?? '' }, body: {} })
  const { rows } = await system.router.core.store.pool.query(
    `select distinct tool, agent_id from executions e where not exists (
       select from call_kinds where kind = call_kind(e.workspace_id, e.tool, e.risk, e.agent_id) and asked = (e.approval_id is not null))
       or not exists (select from call_requesters where kind = call_kind(e.workspace_id, e.tool, e.risk, e.agent_id, e.requested_by))`,
  )
  assert.deepEqual(rows, [])
})
