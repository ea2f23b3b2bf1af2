// What was approved and has not run yet, when the policy is another or a freeze begins.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { dba, policyWorld, sre } from './policy-world.fixture.ts'

const world = await policyWorld()
const { clock, client, system, serving, apply, submit, show, state, approve, finish, eventsOf } = world
after(() => world.stop())

/** While its one agent is paused, what is approved waits in the queue. */
async function whilePaused(work: () => Promise<void>): Promise<void> {
  await client.call('agents.pause', { params: { id: 'host-1' }, body: {} })
  await serving.agent.next('pause')
  await work()
  await client.call('agents.resume', { params: { id: 'host-1' }, body: {} })
  await serving.agent.next('pause')
}

async function approved(by = 'sam') {
  const { id, approvalId } = await submit()
  await approve(by, approvalId, { note: 'fine' })
  assert.equal(await state(id), 'queued')
  return { id, approvalId }
}

const callOf = (id: string) => client.call('executions.show', { params: { id } })
const soon = <T>(what: string, look: () => Promise<T | undefined | false>) =>
  until(what, async () => {
    await clock.advance(1_000)
    return (await look()) || undefined
  })

test('what was approved and waits for an agent is asked again by a policy that would not have granted it', async () => {
  await apply({ stages: [{ approvers: sre }] })
  await whilePaused(async () => {
    const { id, approvalId } = await approved()
    const { pending } = await apply({ stages: [{ approvers: dba }] })
    assert.deepEqual(
      pending.map(({ approval_id, outcome }) => [approval_id, outcome]),
      [[approvalId, 'asked_again']],
    )
    assert.equal((await show(approvalId)).state, 'voided')
    const voided = (await eventsOf(approvalId)).find(({ kind }) => kind === 'approval.voided')
    assert.match(String(voided?.data.reason), /The policy changed: it is now version/)
    const call = await callOf(id)
    assert.deepEqual(
      [call.state, call.transitions.at(-1)?.state, /policy changed/.test(JSON.stringify(call.transitions.at(-1)))],
      ['pending_approval', 'pending_approval', true],
    )
    await assert.rejects(approve('sam', call.approval_id ?? ''), { code: 'not_an_approver' })
    await approve('dan', call.approval_id ?? '')
    assert.equal(await state(id), 'queued')
  })
  await finish()
  assert.equal(serving.agent.waiting.filter(({ t }) => t === 'dispatch').length, 0, 'it runs once')
})

test('what the next policy would have granted with these votes stands, and the rest of it is looked at too', async () => {
  const cases: [name: string, next: Parameters<typeof apply>[0], outcome: string][] = [
    ['the same group', { stages: [{ approvers: { groups: ['sre', 'dba'] } }] }, 'stands'],
    ['a reason, which was given', { stages: [{ approvers: sre }], require_reason: true }, 'stands'],
    ['a passkey, which nobody showed', { stages: [{ approvers: sre }], require_passkey: true }, 'asked_again'],
    ['two of them', { stages: [{ approvers: sre, quorum: 2 }] }, 'asked_again'],
    [
      'another risk',
      { stages: [{ approvers: sre }], rules: [{ name: 'r', when: 'true', then: { risk: 'irreversible' } }] },
      'asked_again',
    ],
    ['a refusal', { rules: [{ name: 'r', when: 'true', then: { refuse: 'no' } }] }, 'refused'],
  ]
  await whilePaused(async () => {
    for (const [name, next, outcome] of cases) {
      await apply({ stages: [{ approvers: sre }], description: `before ${name}` })
      const { id } = await approved()
      const { pending } = await apply({ ...next, description: name })
      assert.deepEqual(
        pending.map((one) => one.outcome),
        [outcome],
        name,
      )
      assert.equal(
        await state(id),
        { stands: 'queued', asked_again: 'pending_approval', refused: 'cancelled' }[outcome],
      )
      if (outcome !== 'refused') await client.call('invocations.cancel', { params: { id } })
    }
  })
})

test('four eyes that come later void what somebody has approved for a key of their own', async () => {
  await apply({})
  await whilePaused(async () => {
    const { key } = await world.as('olga').call('apiKeys.create', { body: { name: 'robot', scopes: ['execution'] } })
    const { id, approvalId } = await submit('stop', {}, system.clientWith(key))
    await approve('olga', approvalId)
    const { pending } = await apply({ self_approval: 'none' })
    assert.deepEqual(
      pending.map(({ outcome }) => outcome),
      ['asked_again'],
    )
    await client.call('invocations.cancel', { params: { id } })
  })
})

test('a call that an agent gets while the policy changes runs on', async () => {
  await apply({ stages: [{ approvers: sre }] })
  let id = ''
  await whilePaused(async () => {
    id = (await approved()).id
    const { pool } = system.router.core.store
    const other = await pool.connect()
    await other.query('begin')
    await other.query('select from executions where id = $1 for update', [id])
    const change = apply({ rules: [{ name: 'r', when: 'true', then: { refuse: 'no' } }] })
    await until('the change waits for the call', async () => {
      const waits = await pool.query(`select from pg_stat_activity where wait_event_type = 'Lock'`)
      return waits.rowCount === 0 ? undefined : true
    })
    const agent = `(select id from agents where name = 'host-1')`
    await other.query(
      `update executions set state = 'dispatched', agent_id = ${agent}, attempt = attempt + 1, dispatched_at = created_at,
       queue_deadline = null where id = $1`,
      [id],
    )
    await other.query('commit')
    other.release()
    assert.deepEqual((await change).pending, [])
  })
  assert.equal(await state(id), 'dispatched')
  await system.router.core.store.pool.query(`update executions set state = 'ambiguous' where id = $1`, [id])
})

const between = (from: number, until: number) => ({
  time_zone: 'UTC',
  times: [{ from: new Date(from).toISOString().slice(0, 19), until: new Date(until).toISOString().slice(0, 19) }],
})

test('a freeze that begins while an approved call waits for an agent refuses it, and says until when', async () => {
  const begins = clock.now() + 3_600_000
  await apply({ freezes: [{ name: 'holidays', ...between(begins, begins + 7_200_000), inside: 'refuse' }] })
  let id = ''
  await whilePaused(async () => {
    id = (await approved('olga')).id
    clock.setWall(begins + 60_000)
  })
  const call = await soon('the end of the call', async () => {
    const found = await callOf(id)
    return found.state === 'queued' ? undefined : found
  })
  assert.deepEqual([call.state, call.error?.code], ['cancelled', 'policy_refused'])
  assert.match(call.error?.message ?? '', /^The freeze holidays\. It is open again at /)
  assert.equal((await show(call.approval_id ?? '')).state, 'voided')
})

test('what waits for its window is refused where a freeze has begun when the window opens', async () => {
  const opens = clock.now() + 3_600_000
  await apply({
    windows: [{ name: 'night', ...between(opens, opens + 3_600_000), risks: ['destructive'], outside: 'wait' }],
    freezes: [{ name: 'audit', ...between(opens - 60_000, opens + 60_000), when: 'args.a == 1', inside: 'refuse' }],
  })
  const frozen = await submit('stop', { a: 1 })
  const free = await submit('stop', { a: 2 })
  for (const { approvalId } of [frozen, free]) assert.ok((await approve('olga', approvalId)).runs_at)
  clock.setWall(opens + 1_000)
  await soon('the window', async () => (await state(free.id)) !== 'pending_approval')
  await finish()
  assert.equal(await state(free.id), 'completed')
  await soon('the refusal', async () => (await state(frozen.id)) === 'cancelled')
  assert.equal((await callOf(frozen.id)).error?.code, 'policy_refused')
})

test('nobody approves into a freeze that refuses, but an owner who breaks the glass', async () => {
  const begins = clock.now() + 60_000
  await apply({ break_glass: {}, freezes: [{ name: 'now', ...between(begins, begins + 3_600_000), inside: 'refuse' }] })
  const first = await submit()
  const second = await submit()
  clock.setWall(begins + 1_000)
  await assert.rejects(approve('olga', first.approvalId), { code: 'policy_refused', message: /The freeze now/ })
  assert.deepEqual([await state(first.id), (await show(first.approvalId)).state], ['cancelled', 'voided'])
  const body = { reason: 'the site is down' }
  await world.as('olga').call('approvals.breakGlass', { params: { id: second.approvalId }, body })
  await finish()
  assert.equal(await state(second.id), 'completed')
})
