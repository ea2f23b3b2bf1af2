// Every filter of the list, over approvals that people have asked for and decided.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { approvalQuerySchema } from '@xerotier/protocol/api/approvals.ts'
import type { z } from 'zod'
import { policyWorld } from '../policies/policy-world.fixture.ts'

const world = await policyWorld()
const { clock, client, system, as, idOf, apply, submit, approve, reject, finish } = world
let other: Awaited<ReturnType<typeof servingAgent>>
after(async () => {
  other.agent.close()
  await world.stop()
})

/** By what became of each; made a minute apart, in this order. */
const made: Record<string, string> = {}
const times: Record<string, string> = {}

async function make(name: string, ask: () => Promise<{ approvalId: string }>): Promise<string> {
  await clock.leap(60_000)
  times[name] = new Date(clock.now()).toISOString()
  made[name] = (await ask()).approvalId
  return made[name]
}

before(async () => {
  other = await servingAgent(client, 'host-2', 'lab', [toolOf('erase', { risk: 'irreversible' })], {
    lease_renewal_interval_ms: 3_600_000,
  })
  await apply({ timeout_seconds_destructive: 86_400, timeout_seconds_irreversible: 86_400 })
  await approve('olga', await make('approved', () => submit('stop', {}, as('mia'))))
  await finish()
  await reject('oleg', await make('rejected', () => submit('stop')))
  await make('open', () => submit('erase', {}, as('mia')))
  await make('elsewhere', async () => {
    const body = { workspace: 'lab', tool: 'erase', args: {} }
    return { approvalId: (await client.call('invocations.submit', { body })).approval_id ?? '' }
  })
  await apply({
    timeout_seconds_destructive: 60,
    timeout_seconds_irreversible: 86_400,
    on_timeout_destructive: 'reject',
  })
  await make('overdue', () => submit('stop', { a: 'silence' }))
})

const list = async (query: Partial<z.output<typeof approvalQuerySchema>>, by = client) => {
  const { data } = await by.call('approvals.list', { query })
  const nameOf = new Map(Object.entries(made).map(([name, id]) => [id, name]))
  return data.map(({ id }) => nameOf.get(id) ?? id)
}
const everything = ['overdue', 'elsewhere', 'open', 'rejected', 'approved']

test('without a filter the open ones are listed, newest first', async () => {
  assert.deepEqual(await list({}), ['overdue', 'elsewhere', 'open'])
  assert.deepEqual(await list({ status: 'all' }), everything)
})

test('by status, one or several', async () => {
  assert.deepEqual(await list({ status: 'approved' }), ['approved'])
  assert.deepEqual(await list({ status: 'rejected,approved' }), ['rejected', 'approved'])
  assert.deepEqual(await list({ status: 'expired' }), [])
  await assert.rejects(list({ status: 'done' }), { code: 'invalid_request', param: 'status' })
})

test('by risk, tool and workspace, and by several of these at once', async () => {
  assert.deepEqual(await list({ status: 'all', risk: 'irreversible' }), ['elsewhere', 'open'])
  assert.deepEqual(await list({ status: 'all', risk: 'destructive,irreversible' }), everything)
  assert.deepEqual(await list({ status: 'all', tool: 'stop' }), ['overdue', 'rejected', 'approved'])
  assert.deepEqual(await list({ status: 'all', workspace: 'lab' }), ['elsewhere'])
  assert.deepEqual(await list({ status: 'all', workspace: 'prod', tool: 'erase', risk: 'irreversible' }), ['open'])
  await assert.rejects(list({ workspace: 'none' }), { code: 'workspace_not_found' })
  await assert.rejects(list({ risk: 'mild' }), { code: 'invalid_request', param: 'risk' })
})

test('by agent: what it got, and what waits in the workspaces that it serves', async () => {
  assert.deepEqual(await list({ status: 'all', agent: 'host-2' }), ['elsewhere'])
  assert.deepEqual(await list({ status: 'all', agent: 'host-1' }), ['overdue', 'open', 'rejected', 'approved'])
  await assert.rejects(list({ agent: 'host-3' }), { code: 'agent_not_found' })
})

test('by requester: a person by e-mail or id, a service key by name or id', async () => {
  for (const requester of ['mia@example.com', 'Mia@Example.com', idOf('mia')])
    assert.deepEqual(await list({ status: 'all', requester }), ['open', 'approved'], requester)
  assert.deepEqual(await list({ requester: 'mia@example.com' }), ['open'])
  assert.deepEqual(await list({ status: 'all', requester: 'dan@example.com' }), [])
})

test('by approver: whoever voted, whatever came of it', async () => {
  assert.deepEqual(await list({ status: 'all', approver: 'olga@example.com' }), ['approved'])
  assert.deepEqual(await list({ status: 'all', approver: idOf('oleg') }), ['rejected'])
  assert.deepEqual(await list({ status: 'all', approver: 'oleg@example.com', requester: 'mia@example.com' }), [])
  assert.deepEqual(await list({ status: 'rejected', approver: idOf('oleg'), tool: 'stop', limit: 1 }), ['rejected'])
})

test('somebody whom the project does not know is no filter, and neither is the key of a person', async () => {
  // Of another project.
  const { db } = system.router.core.store
  const stranger = { id: 'usr_stranger', email: 'eve@example.com', email_key: 'eve@example.com', name: 'Eve' }
  await db
    .insertInto('users')
    .values({ ...stranger, created_at: new Date(), updated_at: new Date() })
    .execute()
  for (const param of ['requester', 'approver'] as const) {
    const refused = { code: 'invalid_request', param }
    for (const who of ['nobody@example.com', 'eve@example.com', 'usr_stranger', 'usr_nobody', 'nobody'])
      await assert.rejects(list({ [param]: who }), {
        ...refused,
        message: `${param}: no person and no key of this project is called "${who}"`,
      })
    await assert.rejects(list({ [param]: 'mia-key' }), {
      ...refused,
      message: `${param}: that is a key of a person; name the person: ${idOf('mia')}`,
    })
  }
})

test('since and until hold the time of the request, the beginning included', async () => {
  assert.deepEqual(await list({ status: 'all', since: times.open, until: times.overdue }), ['elsewhere', 'open'])
  assert.deepEqual(await list({ status: 'all', until: times.rejected }), ['approved'])
  assert.deepEqual(await list({ status: 'all', since: times.overdue }), ['overdue'])
  await assert.rejects(list({ since: 'yesterday' }), { code: 'invalid_request', param: 'since' })
})

test('pages go on behind the last of the page before, with the same filters', async () => {
  const first = await client.call('approvals.list', { query: { status: 'all', tool: 'stop', limit: 2 } })
  assert.deepEqual([first.data.map(({ id }) => id), first.has_more], [[made.overdue, made.rejected], true])
  const after = first.last_id ?? ''
  assert.deepEqual(await list({ status: 'all', tool: 'stop', limit: 2, after }), ['approved'])
})

test('what silence has rejected is listed as it is shown, before the duty has said so', async () => {
  await system.router.core.store.db
    .updateTable('approvals')
    .set({ expires_at: new Date(clock.now() - 1), stage_ends_at: new Date(clock.now() + 86_400_000) })
    .where('id', '=', made.overdue ?? '')
    .execute()
  const { data } = await client.call('approvals.list', { query: { status: 'rejected' } })
  assert.deepEqual(
    data.map(({ id, state }) => [id, state]),
    [
      [made.overdue, 'rejected'],
      [made.rejected, 'rejected'],
    ],
  )
  assert.deepEqual(await list({ status: 'expired' }), [])
})
