import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'

let system: RouterForTests
let client: RouterForTests['client']
const open: ServingAgent[] = []

before(async () => {
  system = await startRouterForTests()
  client = system.client
})
after(async () => {
  for (const { agent } of open) agent.close()
  await system.stop()
})

let count = 0
async function serving(workspace: string, changes = {}, tools = [toolOf('work')]): Promise<ServingAgent> {
  const agent = await servingAgent(client, `worker-${++count}`, workspace, tools, changes)
  open.push(agent)
  return agent
}

const submit = (workspace: string, more: Record<string, unknown> = {}, tool = 'work') =>
  client.call('invocations.submit', { body: { workspace, tool, args: {}, ...more } })
const state = async (id: string) => (await client.call('executions.show', { params: { id } })).state
const dispatches = (agent: ServingAgent) => agent.agent.waiting.filter((frame) => frame.t === 'dispatch').length
const refOf = ({ execution_id, attempt, lease_epoch }: DispatchFrame) => ({ execution_id, attempt, lease_epoch })

test('an agent never has more calls than it takes, and the rest follow in the order of submission', async () => {
  const worker = await serving('narrow', { max_concurrent_executions: 2 })
  const ids: string[] = []
  for (let i = 0; i < 7; i++) ids.push((await submit('narrow')).id)
  const seen: string[] = []
  const held: DispatchFrame[] = [await worker.agent.next('dispatch'), await worker.agent.next('dispatch')]
  assert.equal(dispatches(worker), 0)
  assert.deepEqual(await Promise.all(ids.map(state)), [
    'dispatched',
    'dispatched',
    'queued',
    'queued',
    'queued',
    'queued',
    'queued',
  ])
  while (held.length > 0) {
    const call = held.shift()!
    seen.push(call.execution_id)
    await worker.answer(call)
    if (seen.length + held.length < ids.length) held.push(await worker.agent.next('dispatch'))
    assert.equal(dispatches(worker), 0)
  }
  assert.deepEqual(seen, ids)
  for (const id of ids) assert.equal(await state(id), 'completed')
})

test('calls go to the agent with the most room', async () => {
  const small = await serving('pair', { max_concurrent_executions: 2 })
  const large = await serving('pair', { max_concurrent_executions: 6 })
  for (let i = 0; i < 8; i++) await submit('pair')
  const calls = []
  for (let i = 0; i < 2; i++) calls.push([small, await small.agent.next('dispatch')] as const)
  for (let i = 0; i < 6; i++) calls.push([large, await large.agent.next('dispatch')] as const)
  for (const [agent, call] of calls) await agent.answer(call)
})

test('a paused agent is routed around; when nobody is left calls wait, and go out on resume', async () => {
  const first = await serving('paused')
  const second = await serving('paused')
  const pause = (id: string, body = {}) => client.call('agents.pause', { params: { id }, body })
  await pause(first.agentId, { reason: 'INC-7' })
  assert.deepEqual((await first.agent.next('pause')).paused, [{ workspace_id: null }])
  const one = await submit('paused')
  await second.answer(await second.agent.next('dispatch'))
  assert.equal(await state(one.id), 'completed')
  await pause(second.agentId, { workspace: 'paused' })
  const two = await submit('paused')
  assert.equal(two.state, 'queued')
  await client.call('agents.resume', { params: { id: first.agentId }, body: {} })
  const call = await first.agent.next('dispatch')
  assert.equal(call.execution_id, two.id)
  await first.answer(call)
  await client.call('agents.resume', { params: { id: second.agentId }, body: {} })
})

test('a paused workspace does not hold up another one of the same agent', async () => {
  const worker = await serving('held')
  await client.call('workspaces.create', { body: { name: 'free' } })
  await client.call('workspaces.bind', { params: { id: 'free' }, body: { agent: worker.agentId } })
  await client.call('agents.pause', { params: { id: worker.agentId }, body: { workspace: 'held' } })
  const waiting = await submit('held')
  const going = await submit('free')
  assert.deepEqual([waiting.state, going.state], ['queued', 'dispatched'])
  await worker.answer(await worker.agent.next('dispatch'))
  await client.call('invocations.cancel', { params: { id: waiting.id } })
  assert.equal(await state(waiting.id), 'cancelled')
})

test('a full queue answers capacity_exceeded with the time to wait', async () => {
  const worker = await serving('full', { max_concurrent_executions: 1 })
  const { settings } = system.router.core
  const limit = settings.queuedPerProject
  settings.queuedPerProject = 3
  try {
    const calls = [await submit('full'), await submit('full'), await submit('full'), await submit('full')]
    await assert.rejects(submit('full'), { code: 'capacity_exceeded', status: 429, retryAfter: 5 })
    for (let i = 0; i < calls.length; i++) await worker.answer(await worker.agent.next('dispatch'))
  } finally {
    settings.queuedPerProject = limit
  }
})

test('a call that waits too long expires', async () => {
  const worker = await serving('slow', { max_concurrent_executions: 1 })
  const { settings } = system.router.core
  await submit('slow')
  const seconds = settings.queueSeconds
  settings.queueSeconds = 0
  const late = await client.call('invocations.submit', {
    query: { wait: 60 },
    body: { workspace: 'slow', tool: 'work', args: {} },
  })
  settings.queueSeconds = seconds
  assert.deepEqual([late.state, late.error?.code], ['expired', 'execution_expired'])
  await worker.answer(await worker.agent.next('dispatch'))
})

test('a running call is cancelled at its agent, a waiting one at once, an ended one not at all', async () => {
  const worker = await serving('cancels', { max_concurrent_executions: 1 })
  const running = await submit('cancels')
  const waiting = await submit('cancels')
  const cancel = (id: string) => client.ask('invocations.cancel', { params: { id } })
  assert.equal((await cancel(waiting.id)).status, 200)
  assert.equal(await state(waiting.id), 'cancelled')
  const call = await worker.agent.next('dispatch')
  const asked = await cancel(running.id)
  assert.deepEqual([asked.status, asked.data.state, asked.data.agent_asked], [202, 'dispatched', true])
  assert.deepEqual(refOf((await worker.agent.next('cancel')) as never), refOf(call))
  await worker.answer(call, { outcome: 'cancelled', exit_code: null, signal: 'SIGKILL' })
  assert.equal(await state(running.id), 'cancelled')
  await assert.rejects(cancel(running.id), { code: 'illegal_transition' })
})

test('who cancels a call whose agent is away is told that nobody was asked, and the agent is when it is back', async () => {
  const worker = await serving('leaves')
  const { id } = await submit('leaves')
  const call = await worker.agent.next('dispatch')
  await worker.agent.send([{ t: 'goodbye', reason: 'maintenance' }])
  await until('the agent to be away', async () =>
    system.router.core.calls.get(system.projectId, id) === undefined ? true : undefined,
  )
  const { status, data } = await client.ask('invocations.cancel', { params: { id } })
  assert.deepEqual([status, data.state, data.agent_asked], [202, 'dispatched', false])
  await worker.agent.open({ in_flight: [{ ...refOf(call), status: 'running' }] })
  assert.deepEqual(refOf((await worker.agent.next('cancel')) as never), refOf(call))
  await worker.answer(call, { outcome: 'cancelled', exit_code: null })
  assert.equal(await state(id), 'cancelled')
})

test('a call that its agent refuses goes to another when that may help, else it fails with the reason', async () => {
  const worker = await serving('refusing')
  const helped = await submit('refusing')
  const first = await worker.agent.next('dispatch')
  await worker.agent.send([{ t: 'refused', ...refOf(first), code: 'agent_refused', message: 'busy', retry: true }])
  const second = await worker.agent.next('dispatch')
  assert.deepEqual([second.execution_id, second.attempt], [helped.id, 2])
  await worker.answer(second)
  const hopeless = await submit('refusing')
  await worker.agent.send([
    { t: 'refused', ...refOf(await worker.agent.next('dispatch')), code: 'grant_invalid', message: 'no', retry: false },
  ])
  for (;;) {
    const execution = await client.call('executions.show', { params: { id: hopeless.id } })
    if (execution.state === 'dispatched') continue
    assert.deepEqual([execution.state, execution.error], ['failed', { code: 'grant_invalid', message: 'no' }])
    break
  }
})

test('an agent that keeps refusing does not keep a call going round for ever', async () => {
  const worker = await serving('round')
  const { id } = await submit('round')
  for (let attempt = 1; attempt <= 8; attempt++) {
    const call = await worker.agent.next('dispatch')
    assert.equal(call.attempt, attempt)
    await worker.agent.send([{ t: 'refused', ...refOf(call), code: 'agent_refused', message: 'never', retry: true }])
  }
  for (;;) {
    const execution = await client.call('executions.show', { params: { id } })
    if (!['dispatched', 'queued'].includes(execution.state)) {
      assert.deepEqual([execution.state, execution.error?.code], ['failed', 'agent_refused'])
      break
    }
  }
})

test('a refusal for good frees the place for the next call', async () => {
  const worker = await serving('freed', { max_concurrent_executions: 1 })
  await submit('freed')
  const next = await submit('freed')
  await worker.agent.send([
    { t: 'refused', ...refOf(await worker.agent.next('dispatch')), code: 'grant_invalid', message: 'no', retry: false },
  ])
  const call = await worker.agent.next('dispatch')
  assert.equal(call.execution_id, next.id)
  await worker.answer(call)
})

test('a call that no free agent takes does not hold up those behind it', async () => {
  await serving('mixed', { max_concurrent_executions: 1 }, [toolOf('rare')])
  const free = await serving('mixed', { max_concurrent_executions: 1 }, [toolOf('plenty')])
  // More than one page of them.
  await Promise.all(Array.from({ length: 300 }, () => submit('mixed', {}, 'rare')))
  const { id } = await submit('mixed', {}, 'plenty')
  const call = await free.agent.next('dispatch')
  assert.equal(call.execution_id, id)
  await free.answer(call)
})

test('a call that is stored while the queue is counted is not forgotten', async () => {
  const worker = await serving('counted', { max_concurrent_executions: 1 })
  const { core } = system.router
  const first = await submit('counted')
  const call = await worker.agent.next('dispatch')
  const { commit } = core.lanes
  const gate = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  core.lanes.commit = async (part, item) => {
    if (part === 'submit') {
      held.resolve()
      await gate.promise
    }
    return commit(part, item)
  }
  const second = submit('counted')
  await held.promise
  await worker.answer(call)
  // The place is free. The pass over the queue found nothing, and is over when these are answered.
  for (let i = 0; i < 20; i++) await state(first.id)
  core.lanes.commit = commit
  gate.resolve()
  const { execution_id } = await worker.agent.next('dispatch')
  assert.equal(execution_id, (await second).id)
  await worker.answer({ execution_id, attempt: 1, lease_epoch: worker.agent.leaseEpoch })
})

test('neither a repeated submit nor a cancelled call counts as waiting', async () => {
  const worker = await serving('exact', { max_concurrent_executions: 1 })
  const { core } = system.router
  await submit('exact')
  const send = () =>
    client.call('invocations.submit', { body: { workspace: 'exact', tool: 'work', args: {} }, idempotencyKey: 'exact' })
  const { id } = await send()
  const waiting = core.dispatcher.queueDepth
  for (let i = 0; i < 5; i++) await send()
  // What other tests have left may expire meanwhile.
  const still = core.dispatcher.queueDepth
  assert.ok(still <= waiting, `${still} of ${waiting}`)
  await client.call('invocations.cancel', { params: { id } })
  await until('it to count no more', () => core.dispatcher.queueDepth < still || undefined)
  await worker.answer(await worker.agent.next('dispatch'))
})

test('a draining agent gets nothing new, and what waits goes on when it has gone and another came', async () => {
  const leaving = await serving('drains')
  const { manifest } = system.router.core.fleet.get(system.projectId, leaving.agentId)!
  await leaving.agent.send([
    {
      t: 'lease_renewal',
      lease_epoch: leaving.agent.leaseEpoch,
      manifest_hash: manifest.manifest_hash,
      manifest_version: manifest.manifest_version,
      manifest,
      in_flight: [],
      draining: true,
    },
  ])
  await leaving.agent.next('lease')
  assert.equal((await client.call('agents.show', { params: { id: leaving.agentId } })).health, 'draining')
  const { id, state: first } = await submit('drains')
  assert.equal(first, 'queued')
  const coming = await serving('drains')
  const call = await coming.agent.next('dispatch')
  assert.equal(call.execution_id, id)
  await coming.answer(call)
})

test('the same idempotency key answers the first call again; another request under it is refused', async () => {
  const worker = await serving('idem')
  const send = (args: Record<string, unknown>) =>
    client.call('invocations.submit', { body: { workspace: 'idem', tool: 'work', args }, idempotencyKey: 'once' })
  const first = await send({ a: 1 })
  const again = await Promise.all([send({ a: 1 }), send({ a: 1 })])
  assert.deepEqual(
    again.map((execution) => execution.id),
    [first.id, first.id],
  )
  await assert.rejects(send({ a: 2 }), { code: 'idempotency_conflict', status: 409 })
  const waiting = client.call('invocations.submit', {
    query: { wait: 60 },
    body: { workspace: 'idem', tool: 'work', args: { a: 1 } },
    idempotencyKey: 'once',
  })
  await worker.answer(await worker.agent.next('dispatch'))
  assert.equal((await waiting).state, 'completed', 'a repeated submit waits like the first')
  assert.equal(dispatches(worker), 0)
})

test('a tool that nobody offers, or nobody offers here, is refused before anything is stored', async () => {
  await serving('known')
  await client.call('workspaces.create', { body: { name: 'lonely' } })
  await assert.rejects(submit('known', {}, 'no_such_tool'), { code: 'exec_tool_not_found', status: 400, param: 'tool' })
  await assert.rejects(submit('lonely'), { code: 'tool_executor_unavailable', status: 503 })
  await assert.rejects(submit('no-such-workspace'), { code: 'workspace_not_found', status: 404 })
})

test('arguments that break the schema are refused with the path of the value', async () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: {
      node: { type: 'string', minLength: 1 },
      opts: { type: 'object', properties: { force: { type: 'boolean' } } },
    },
  }
  await serving('strict', {}, [toolOf('strict', { input_schema: schema })])
  const refused = (args: Record<string, unknown>, param: string) =>
    assert.rejects(submit('strict', { args }, 'strict'), { code: 'invalid_arguments', status: 400, param })
  await refused({}, 'args.node')
  await refused({ node: 7 }, 'args.node')
  await refused({ node: 'a', extra: 1 }, 'args.extra')
  await refused({ node: 'a', opts: { force: 'yes' } }, 'args.opts.force')
  await refused({ node: 'a\u0000b' }, 'args.node')
  await refused({ node: 'a\ud800b' }, 'args.node')
  let deep: Record<string, unknown> = {}
  for (let i = 0; i < 40; i++) deep = { deep }
  await assert.rejects(submit('strict', { args: deep }, 'strict'), { code: 'invalid_arguments' })
  await assert.rejects(submit('strict', { args: { node: 'x'.repeat(300_000) } }, 'strict'), {
    code: 'invalid_arguments',
    param: 'args',
  })
})

test('where agents disagree on how often a tool may run, the call runs once and at none that would repeat it', async () => {
  const loose = await serving('rollout', {}, [toolOf('work', { risk: 'write', idempotent: true })])
  const strict = await serving('rollout', { max_concurrent_executions: 4 }, [
    toolOf('work', { risk: 'write', idempotent: false }),
  ])
  for (let i = 0; i < 4; i++) await submit('rollout')
  const waiting = await submit('rollout')
  const calls = []
  for (let i = 0; i < 4; i++) calls.push(await strict.agent.next('dispatch'))
  assert.equal(await state(waiting.id), 'queued')
  for (const call of calls) await strict.answer(call)
  await strict.answer(await strict.agent.next('dispatch'))
  assert.equal(dispatches(loose), 0)
})

test('a call that was cancelled while its attempt ended is not given again', async () => {
  const worker = await serving('undecided')
  const { id } = await submit('undecided')
  const call = await worker.agent.next('dispatch')
  await client.call('invocations.cancel', { params: { id } })
  // As when the cancel is committed after the end of the attempt began to be handled.
  system.router.core.calls.get(system.projectId, id)!.row.cancel_requested_at = null
  await worker.agent.send([{ t: 'refused', ...refOf(call), code: 'capacity_exceeded', message: 'full', retry: true }])
  await until('the call to be cancelled', async () => ((await state(id)) === 'cancelled' ? true : undefined))
  assert.equal(dispatches(worker), 0)
})
