// Who did what, by name: beside every id of an actor stands what people call it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'

interface Person {
  id: string
  client: RouterForTests['client']
}

/**
 * No duty of the router runs and no remembered key grows old: nothing asks the database beside the
 * test.
 */
const startedAt = Date.now()
let now = startedAt
const calm: Clock = {
  now: () => now,
  monotonic: () => now,
  after: (ms, callback) => (ms < 1000 ? systemClock.after(ms, callback) : { cancel() {} }),
}

let system: RouterForTests
let serving: ServingAgent
let anna: Person
let ben: Person

before(async () => {
  system = await startRouterForTests({ clock: calm })
  const tools = [toolOf('look'), toolOf('stop', { risk: 'destructive' })]
  serving = await servingAgent(system.client, 'worker', 'ws', tools)
  anna = await person('anna')
  ben = await person('ben')
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

async function person(name: string): Promise<Person> {
  const body = { name, scopes: ['execution' as const, 'management' as const, 'inference' as const] }
  const { id, key } = await system.client.call('apiKeys.create', { body })
  return { id, client: system.clientWith(key) }
}
const submit = (by: Person, tool: string, more: { wait?: number; idempotencyKey?: string } = {}) =>
  by.client.call('invocations.submit', {
    body: { workspace: 'ws', tool, args: {} },
    query: { wait: more.wait ?? 0 },
    ...(more.idempotencyKey === undefined ? {} : { idempotencyKey: more.idempotencyKey }),
  })
const show = (id: string) => anna.client.call('executions.show', { params: { id } })
const nextCall = () => serving.agent.next('dispatch') as Promise<DispatchFrame>

test('a gated call names its requester, its reviewer and its agent, at every door', async () => {
  const asked = await submit(anna, 'stop')
  assert.deepEqual([asked.requested_by, asked.requested_by_name], [anna.id, 'anna'])
  const params = { id: asked.approval_id! }
  const waiting = await ben.client.call('approvals.show', { params })
  assert.deepEqual([waiting.requested_by_name, waiting.decided_by_name], ['anna', null])

  const decided = await ben.client.call('approvals.approve', { params, body: {} })
  await serving.answer(await nextCall())
  const listed = await anna.client.call('approvals.list', { query: { status: 'all' } })
  const shown = await anna.client.call('approvals.show', { params })
  for (const approval of [decided, shown, listed.data.find(({ id }) => id === params.id)!]) {
    assert.deepEqual(
      [approval.requested_by, approval.requested_by_name, approval.decided_by, approval.decided_by_name],
      [anna.id, 'anna', ben.id, 'ben'],
    )
  }
  const record = await show(asked.id)
  assert.equal(record.requested_by_name, 'anna')
  assert.deepEqual([record.approvals[0]?.decided_by, record.approvals[0]?.decided_by_name], [ben.id, 'ben'])
  assert.deepEqual(
    record.transitions.map(({ state, actor, actor_name }) => [state, actor, actor_name]),
    [
      ['pending_approval', anna.id, 'anna'],
      ['dispatched', ben.id, 'ben'],
      ['completed', serving.agentId, 'worker'],
    ],
  )
  const executions = await anna.client.call('executions.list', {})
  assert.equal(executions.data.find(({ id }) => id === asked.id)?.requested_by_name, 'anna')
})

test('who cancels, resolves or repeats a call of another is told whose it is', async () => {
  const gated = await submit(anna, 'stop')
  const cancelled = await ben.client.call('invocations.cancel', { params: { id: gated.id } })
  assert.equal(cancelled.requested_by_name, 'anna')
  assert.deepEqual(
    (await show(gated.id)).transitions.map(({ actor_name }) => actor_name),
    ['anna', 'ben'],
  )

  const lost = await submit(anna, 'stop')
  await ben.client.call('approvals.approve', { params: { id: lost.approval_id! }, body: {} })
  await serving.answer(await nextCall(), { outcome: 'interrupted', exit_code: null })
  const body = { outcome: 'completed' as const, note: 'I looked' }
  const resolved = await ben.client.call('executions.resolve', { params: { id: lost.id }, body })
  assert.equal(resolved.requested_by_name, 'anna')
  const { resolution, error } = await show(lost.id)
  assert.equal(error, null, 'there is no doubt any more')
  assert.deepEqual([resolution?.by, resolution?.by_name, resolution?.note], [ben.id, 'ben', 'I looked'])

  const first = await submit(anna, 'look', { idempotencyKey: 'once' })
  const again = await submit(ben, 'look', { idempotencyKey: 'once' })
  assert.deepEqual([again.id, again.requested_by, again.requested_by_name], [first.id, anna.id, 'anna'])
  await serving.answer(await nextCall())
})

/** What a stream tells of one call, up to the event of that name. */
async function told(route: 'executions.stream' | 'approvals.stream', executionId: string, last: string) {
  const lines: unknown[][] = []
  // From the beginning of the log: by now every record is what came last.
  for await (const { event, data } of anna.client.events(route, {}, { lastEventId: '0-0' })) {
    if (data === '' || event.includes('connection')) continue
    const record = JSON.parse(data)
    if ((record.execution_id ?? record.id) !== executionId) continue
    const { kind, at, actor, actor_name } = record.event
    lines.push([kind, at, actor, actor_name, record.state])
    if (event === last) break
  }
  return lines
}

test('a stream says of each event what happened, when, and who did it, beside the record as it is now', async () => {
  const gated = await submit(anna, 'stop')
  now += 1000
  await ben.client.call('approvals.approve', { params: { id: gated.approval_id! }, body: {} })
  const call = await nextCall()
  now += 1000
  await ben.client.call('invocations.cancel', { params: { id: gated.id } })
  now += 1000
  await serving.answer(call, { outcome: 'interrupted', exit_code: null })
  now += 1000
  const body = { outcome: 'cancelled' as const, note: 'I looked' }
  await anna.client.call('executions.resolve', { params: { id: gated.id }, body })
  const at = (seconds: number) => new Date(startedAt + seconds * 1000).toISOString()
  const byAnna = [anna.id, 'anna', 'cancelled']
  const byBen = [ben.id, 'ben', 'cancelled']
  const lines = await told('executions.stream', gated.id, 'x_exec.execution.cancelled')
  // The agent's own clock dates what it tells.
  const ambiguous = lines.splice(3, 1)[0]!
  assert.deepEqual(
    [ambiguous[0], ...ambiguous.slice(2)],
    ['execution.ambiguous', serving.agentId, 'worker', 'cancelled'],
  )
  assert.deepEqual(lines, [
    ['execution.pending_approval', at(0), ...byAnna],
    ['execution.dispatched', at(1), ...byBen],
    ['execution.cancel_requested', at(2), ...byBen],
    ['execution.cancelled', at(4), ...byAnna],
  ])
  assert.deepEqual(await told('approvals.stream', gated.id, 'x_exec.approval.decided'), [
    ['approval.requested', at(0), anna.id, 'anna', 'approved'],
    ['approval.approved', at(1), ben.id, 'ben', 'approved'],
  ])
})

test('the record of a running call says who asked for its cancel, and when', async () => {
  const { id } = await submit(anna, 'look')
  const call = await nextCall()
  assert.equal((await show(id)).cancel_requested, null)
  const asked = { at: new Date(now).toISOString(), by: ben.id, by_name: 'ben' }
  for (const person of [ben, anna]) {
    await person.client.call('invocations.cancel', { params: { id } })
    assert.deepEqual((await show(id)).cancel_requested, asked, 'the first who asked')
    now += 1000
  }
  await serving.answer(call, { outcome: 'cancelled', exit_code: null })
  assert.deepEqual((await show(id)).cancel_requested, asked)
})

test('a pause and the events of an agent name who did it', async () => {
  const params = { id: serving.agentId }
  const paused = await ben.client.call('agents.pause', { params, body: {} })
  assert.deepEqual([paused.paused[0]?.paused_by, paused.paused[0]?.paused_by_name], [ben.id, 'ben'])
  await anna.client.call('agents.resume', { params, body: {} })
  const { data } = await anna.client.call('agents.events', { params })
  assert.deepEqual(
    data.slice(0, 3).map(({ kind, actor, actor_name }) => [kind, actor, actor_name]),
    [
      ['agent.resumed', anna.id, 'anna'],
      ['agent.paused', ben.id, 'ben'],
      ['agent.manifest_updated', serving.agentId, 'worker'],
    ],
  )
})

test('a revoked key keeps its name; a key that is gone, or of another project, has none', async () => {
  const { db } = system.router.core.store
  const carl = await person('carl')
  const { id, approval_id } = await submit(carl, 'stop')
  const params = { id: approval_id! }
  const names = async () => {
    const record = await show(id)
    const approval = await anna.client.call('approvals.show', { params })
    return [record.requested_by_name, record.transitions[0]?.actor_name, approval.requested_by_name]
  }
  await anna.client.call('apiKeys.revoke', { params: { id: carl.id } })
  assert.deepEqual(await names(), ['carl', 'carl', 'carl'])

  const project = { id: 'proj_stranger', slug: 'stranger', name: 'stranger', allow_self_approval: false }
  await db
    .insertInto('projects')
    .values({ ...project, created_at: new Date() })
    .execute()
  await db.updateTable('api_keys').set({ project_id: project.id }).where('id', '=', carl.id).execute()
  assert.deepEqual(await names(), [null, null, null])
  await db.deleteFrom('api_keys').where('id', '=', carl.id).execute()
  assert.deepEqual(await names(), [null, null, null])
  assert.equal((await show(id)).requested_by, carl.id)
})

test('names cost a waited call no query, and a list none beside those for its ids and its rows', async () => {
  const { pool } = system.router.core.store
  let queries = 0
  const { connect } = pool
  // biome-ignore lint/suspicious/noExplicitAny: as Kysely calls it
  const counted: any = (...given: Parameters<typeof connect>) => {
    queries++
    return connect.apply(pool, given)
  }
  const run = async () => {
    const waited = submit(anna, 'look', { wait: 60 })
    await serving.answer(await nextCall())
    return waited
  }
  await run()
  await submit(ben, 'look').then(async () => serving.answer(await nextCall()))
  pool.connect = counted
  try {
    const done = await run()
    assert.deepEqual([done.state, done.requested_by_name, queries], ['completed', 'anna', 0])
    const { data } = await anna.client.call('executions.list', {})
    assert.deepEqual([new Set(data.map((one) => one.requested_by)).size > 1, queries], [true, 2])
  } finally {
    pool.connect = connect
  }
})
