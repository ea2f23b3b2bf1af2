import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ExecutionState, executionLifecycle } from '@xerotier/protocol/lifecycles/execution.ts'
import { newUuid } from '../../domain/ids.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

const workspaces = '/acme/v1/workspaces'

async function create(name: string): Promise<string> {
  const { status, body } = await router.call('POST', workspaces, { body: { name, type: 'host' } })
  assert.equal(status, 201)
  return body.id
}

/** A call of the workspace in that state, on a way that a call may take. */
async function storeCall(workspace_id: string, state: ExecutionState): Promise<string> {
  const first = executionLifecycle.initial.includes(state) ? state : 'dispatched'
  const id = await router.storeExecution({ workspace_id, state: first })
  if (state !== first)
    await router.core.store.db.updateTable('executions').set({ state }).where('id', '=', id).execute()
  return id
}

test('a deleted workspace is gone with its bindings, and its name is free', async () => {
  const id = await create('old')
  const agent = await router.makeAgent()
  await router.call('POST', `${workspaces}/old/bindings`, { body: { agent: agent.id } })
  await router.call('POST', `/acme/v1/management/agents/${agent.id}/pause-exec`, { body: { workspace: 'old' } })
  const deleted = await router.call('DELETE', `${workspaces}/old`)
  assert.deepEqual([deleted.status, deleted.body.id, deleted.body.agents], [200, id, []])
  for (const reference of ['old', id]) {
    assert.equal((await router.call('GET', `${workspaces}/${reference}`)).body.error.code, 'workspace_not_found')
    assert.equal((await router.call('DELETE', `${workspaces}/${reference}`)).body.error.code, 'workspace_not_found')
    const body = { workspace: reference, tool: 'host_uptime', args: {} }
    const submitted = await router.call('POST', '/acme/v1/exec/invocations', { body })
    assert.equal(submitted.body.error.code, 'workspace_not_found')
  }
  const listed = await router.call('GET', workspaces)
  assert.ok(listed.body.data.every((one: { id: string }) => one.id !== id))
  const shown = await router.call('GET', `/acme/v1/management/agents/${agent.id}`)
  assert.deepEqual([shown.body.workspaces, shown.body.paused], [[], []])
  const next = await create('old')
  assert.notEqual(next, id)
  assert.equal((await router.call('GET', `${workspaces}/old`)).body.id, next)
})

test('its history stays, under its name, and is found by its id', async () => {
  const id = await create('past')
  const call = await storeCall(id, 'completed')
  assert.equal((await router.call('DELETE', `${workspaces}/past`)).status, 200)
  assert.equal((await router.call('GET', `/acme/v1/exec/executions/${call}`)).body.workspace, 'past')
  const listed = await router.call('GET', `/acme/v1/exec/executions?workspace=${id}`)
  assert.deepEqual(
    listed.body.data.map((one: { id: string }) => one.id),
    [call],
  )
  const { rows } = await router.core.store.pool.query(
    `select actor, data from events where kind = 'workspace.deleted' and workspace_id = $1`,
    [id],
  )
  assert.deepEqual(
    rows.map(({ data }) => data),
    [{ name: 'past' }],
  )
})

test('while a call of it waits or runs, a workspace stays', async () => {
  for (const state of ['pending_approval', 'queued', 'dispatched', 'running'] as const) {
    const name = state.replaceAll('_', '-')
    const call = await storeCall(await create(name), state)
    const { status, body } = await router.call('DELETE', `${workspaces}/${name}`)
    assert.deepEqual([status, body.error.code], [409, 'workspace_in_use'], state)
    assert.match(body.error.message, new RegExp(`^1 call of ${name} waits or runs: ${call}\\.$`))
    assert.equal((await router.call('GET', `${workspaces}/${name}`)).status, 200)
  }
})

test('a workspace of another project is none', async () => {
  await create('mine')
  const other = await router.makeProject('others')
  const { body } = await router.call('DELETE', '/others/v1/workspaces/mine', { key: other.key })
  assert.equal(body.error.code, 'workspace_not_found')
})

const makeKey = async (body: object) =>
  (
    await router.call('POST', '/acme/v1/management/api-keys', {
      body: { name: 'held', scopes: ['execution'], ...body },
    })
  ).body

test('a key that is held to workspaces calls no other, and neither ends nor decides what others asked there', async () => {
  const [staging, prod] = [await create('staging'), await create('prod')]
  const { key, id, workspaces: held } = await makeKey({ workspaces: ['staging', staging] })
  assert.deepEqual(held, [{ id: staging, name: 'staging' }])
  const submit = (workspace: string) =>
    router.call('POST', '/acme/v1/exec/invocations', { key, body: { workspace, tool: 'host_uptime', args: {} } })
  // It gets as far as the tool, which nobody offers.
  assert.equal((await submit('staging')).body.error.code, 'exec_tool_not_found')
  for (const reference of ['prod', prod]) {
    const { status, body } = await submit(reference)
    assert.deepEqual([status, body.error.code], [403, 'workspace_not_allowed'])
  }
  const queued = await storeCall(prod, 'queued')
  const doubtful = await storeCall(prod, 'ambiguous')
  const resolution = { outcome: 'completed', note: 'looked' }
  const ended = [
    await router.call('POST', `/acme/v1/exec/invocations/${queued}/cancel`, { key }),
    await router.call('POST', `/acme/v1/exec/executions/${doubtful}/resolve`, { key, body: resolution }),
  ]
  for (const { body } of ended) assert.equal(body.error?.code, 'workspace_not_allowed')
  assert.equal((await router.call('GET', `/acme/v1/exec/executions/${queued}`, { key })).status, 200, 'it may read')
  const listed = async () =>
    (await router.call('GET', workspaces, { key })).body.data.map((one: { id: string }) => one.id)
  assert.deepEqual(await listed(), [staging], 'it lists what it may call')
  const plan = { workspace: 'prod', tool: 'host_uptime', args: {} }
  const planned = await router.call('POST', '/acme/v1/exec/invocations/plan', { key, body: plan })
  assert.equal(planned.body.error.code, 'workspace_not_allowed')
  // From the next request on.
  const put = (body: object | null) =>
    router.call('PUT', `/acme/v1/management/api-keys/${id}/workspaces`, { body: body ?? 'null' })
  assert.deepEqual((await put({ workspaces: ['prod'] })).body.workspaces, [{ id: prod, name: 'prod' }])
  assert.equal((await submit('staging')).body.error.code, 'workspace_not_allowed')
  assert.equal((await submit('prod')).body.error.code, 'exec_tool_not_found')
  assert.equal((await put(null)).body.workspaces, null)
  assert.equal((await submit('staging')).body.error.code, 'exec_tool_not_found')
  assert.equal((await put({ workspaces: ['nowhere'] })).body.error.code, 'workspace_not_found')
  assert.equal((await put({ workspaces: [] })).body.error.code, 'invalid_body')
})

test('a key that is held to workspaces decides on no call of others', async () => {
  const workspace_id = await create('gated')
  const other = await create('other-one')
  const { key } = await makeKey({ workspaces: [other] })
  const execution_id = await storeCall(workspace_id, 'pending_approval')
  const id = newUuid(router.clock.now())
  const now = new Date(router.clock.now())
  await router.core.store.pool.query(
    `insert into approvals (id, project_id, execution_id, workspace_id, tool, risk, state, args, prompt, digest, schema_digest,
       policy_version, requested_by, requested_at, expires_at)
     values ($1, $2, $3, $4, 'host_wipe', 'destructive', 'pending', '{}', 'Run it', repeat('0', 64), repeat('0', 64), 1, 'key_x', $5, $6)`,
    [id, router.projectId, execution_id, workspace_id, now, new Date(now.getTime() + 60_000)],
  )
  for (const decision of ['approve', 'reject']) {
    const { body } = await router.call('POST', `/acme/v1/exec/approvals/${id}/${decision}`, { key, body: {} })
    assert.equal(body.error?.code, 'workspace_not_allowed')
  }
  assert.equal((await router.call('GET', `/acme/v1/exec/approvals/${id}`)).body.state, 'pending')
})
