import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { sql } from 'kysely'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { setQuietHours } from '../people/members/quiet-hours.ts'
import { sendDigests, sendReminders } from './digest.ts'
import { startMailServer, subjectsOf } from './mail-server.fixture.ts'
import { member, slack, type World, world } from './notices-world.fixture.ts'

test('people whom a stage names are told by mail, once, and how it was decided', async (t) => {
  const mails = await startMailServer(t)
  const here = await world(t, { url: mails.url, from: 'xem@example.com' })
  const { ask, settle, system, client } = here
  await member(here, 'ann')
  await member(here, 'bob')
  await member(here, 'owner', 'owner')
  const { id, approvalId } = await ask()
  await settle()
  assert.equal(mails.taken.length, 0, 'nobody in particular was named')
  const escalate = (stage: number, tell: unknown) =>
    write(system.router.core, async ({ append }) =>
      append({
        project_id: system.projectId,
        kind: 'approval.requested',
        actor: router,
        execution_id: id,
        approval_id: approvalId,
        data: { stage, tell },
      }),
    )
  await escalate(0, [{ users: ['ANN@example.com'] }])
  await settle()
  await escalate(1, [{ users: ['ann@example.com'] }, { roles: ['owner'] }])
  await settle()
  await client.call('approvals.reject', { params: { id: approvalId }, body: { note: 'no' } })
  await settle()
  const told = mails.taken.map(({ to, text }) => [to.join(), /^Subject: (.*)\r$/m.exec(text)?.[1]])
  assert.deepEqual(told.slice(0, 2), [
    ['ann@example.com', 'Approval wanted: stop in ws (destructive)'],
    ['owner@example.com', 'Approval wanted: stop in ws (destructive), escalated to stage 2'],
  ])
  assert.deepEqual(told.slice(2).toSorted(), [
    ['ann@example.com', 'Rejected: stop in ws'],
    ['owner@example.com', 'Rejected: stop in ws'],
  ])
})

test('whoever an owner skipped is told once that the glass was broken, why, and that a review is due', async (t) => {
  const mails = await startMailServer(t)
  const here = await world(t, { url: mails.url, from: 'xem@example.com' })
  const { ask, settle, client, receiver } = here
  await member(here, 'ann')
  await member(here, 'bob')
  await slack(client, receiver.url)
  await client.call('channels.create', {
    body: { kind: 'pagerduty', name: 'on call', routing_key: 'k', url: `${receiver.url}/pager` },
  })
  const stages = [{ approvers: { users: ['ann@example.com'] } }, { approvers: { users: ['bob@example.com'] } }]
  await client.call('policies.apply', {
    params: { policy: 'glass' },
    body: { workspace: 'ws', document: { stages, break_glass: {}, on_timeout_destructive: 'reject' } },
  })
  const { approvalId } = await ask()
  await settle()
  await client.call('approvals.breakGlass', { params: { id: approvalId }, body: { reason: 'the disk is full' } })
  await settle()
  const told = mails.taken.map(({ to, text }) => [to.join(), /^Subject: (.*)\r$/m.exec(text)?.[1]])
  assert.deepEqual(told[0], ['ann@example.com', 'Approval wanted: stop in ws (destructive)'])
  // Bob was to be asked next.
  assert.deepEqual(told.slice(1).toSorted(), [
    ['ann@example.com', 'Break-glass: stop in ws'],
    ['bob@example.com', 'Break-glass: stop in ws'],
  ])
  const chat = receiver.received.filter(({ path }) => path !== '/pager')
  assert.deepEqual(
    chat.map(({ body }) => body.blocks[0].text.text),
    ['🟡 Approval wanted: stop in ws (destructive)', '🔴 Break-glass: stop in ws'],
  )
  const said = chat[1]?.text ?? ''
  assert.match(said, /Why: the disk is full/)
  assert.match(said, /broke the glass .* was skipped/)
  assert.match(said, new RegExp(`A review .* is due until .*xeroctl approvals review ${approvalId}`))
  assert.doesNotMatch(said, /Approved|Nothing is to be done/)
  const pages = receiver.received.filter(({ path }) => path === '/pager').map(({ body }) => body.payload?.summary)
  assert.deepEqual(pages, ['Approval wanted: stop in ws (destructive)', 'Break-glass: stop in ws'])
})

test('who was removed before the mail left gets none, and a channel of the kind email gets it', async (t) => {
  const mails = await startMailServer(t)
  const here = await world(t, { url: mails.url, from: 'xem@example.com' })
  const { ask, settle, system, client } = here
  await client.call('channels.create', { body: { kind: 'email', name: 'm', to: ['a@example.com', 'b@example.com'] } })
  await ask()
  await settle()
  assert.deepEqual(
    mails.taken.map(({ to }) => to),
    [['a@example.com', 'b@example.com']],
  )
  const { data } = await client.call('deliveries.list', { query: {} })
  const [delivery] = data
  const { pool } = system.router.core.store
  await pool.query(`update deliveries set channel_id = null, recipient = 'usr_gone' where id = $1`, [delivery?.id])
  await client.call('deliveries.redeliver', { params: { id: delivery!.id } })
  await settle()
  const [after] = (await client.call('deliveries.list', { query: {} })).data
  assert.deepEqual([after?.state, after?.last_error], ['exhausted', 'the person is no member any more'])
})

/** A policy that asks Ann by name. */
async function asksAnn(here: World) {
  await member(here, 'ann')
  await here.client.call('policies.apply', {
    params: { policy: 'ann' },
    body: { workspace: 'ws', document: { stages: [{ approvers: { users: ['ann@example.com'] } }] } },
  })
}

test('in the quiet hours of a person no mail goes to them, and afterwards one tells of what came', async (t) => {
  const mails = await startMailServer(t)
  const here = await world(t, { url: mails.url, from: 'xem@example.com' })
  const { clock, client, ask, settle, system } = here
  const { core } = system.router
  await asksAnn(here)
  await member(here, 'bob')
  await client.call('channels.create', { body: { kind: 'email', name: 'm', to: ['all@example.com'] } })
  const first = await ask({ n: 0 })
  await settle()
  const ofAnn = () => subjectsOf({ taken: mails.taken.filter(({ to }) => to.includes('ann@example.com')) })
  assert.equal(ofAnn().length, 1)
  // 12:00 UTC is 13:00 in Berlin.
  const scopes = ['execution' as const]
  const ann = { kind: 'person' as const, id: 'ann', name: 'ann', projectId: system.projectId, scopes, workspaces: null }
  const person = { id: 'ann', name: 'ann', email: 'ann@example.com' }
  const hours = { from: '12:30', to: '13:30', time_zone: 'Europe/Berlin' }
  await setQuietHours(core, { ...ann, person, key: null, door: 'api' }, hours)
  await client.call('approvals.reject', { params: { id: first.approvalId }, body: {} })
  await ask({ n: 1 })
  await ask({ n: 2 })
  await settle()
  await sendDigests(core)
  await sendReminders(core)
  await settle()
  assert.equal(ofAnn().length, 1, 'neither what is asked, nor how it ended')
  assert.equal(mails.taken.length > 3, true, 'others are told meanwhile')
  clock.setWall(Date.parse('2026-03-02T12:30:00Z'))
  await sendDigests(core)
  await settle()
  assert.deepEqual(ofAnn().length, 2)
  const { text } = mails.taken.findLast(({ to }) => to.includes('ann@example.com')) ?? assert.fail()
  assert.match(text, /2 approvals wait/)
  assert.match(text, /Decided since: 1 =?\s*rejected/)
})

test('a person is reminded of what still waits, once an interval', async (t) => {
  const mails = await startMailServer(t)
  const here = await world(t, { url: mails.url, from: 'xem@example.com' })
  const { ask, settle, clock, system } = here
  await asksAnn(here)
  await ask()
  await settle()
  // So that it does not expire meanwhile.
  const expires = new Date(clock.now() + 7 * 86_400_000)
  await system.router.core.store.pool.query(`update approvals set expires_at = $1, stage_ends_at = $1`, [expires])
  const at = async (minutes: number) => {
    clock.setWall(Date.parse('2026-03-02T12:00:00Z') + minutes * 60_000)
    await sendReminders(system.router.core)
    await sendReminders(system.router.core)
    await settle()
    return mails.taken.length
  }
  const { remindMinutes } = limits
  const counts: number[] = []
  for (const minutes of [-1, 1, remindMinutes - 1, remindMinutes + 2]) counts.push(await at(remindMinutes + minutes))
  assert.deepEqual(counts, [1, 2, 2, 3])
  assert.match(subjectsOf(mails)[1] ?? '', /^Reminder: 1 approval waits/)
})

test('a thousand requests of one requester in an hour are 20 mails to a person at most', async (t) => {
  const mails = await startMailServer(t)
  const here = await world(t, { url: mails.url, from: 'xem@example.com' })
  const { ask, settle, clock, system } = here
  const { core } = system.router
  await asksAnn(here)
  const { approvalId: model } = await ask()
  await settle()
  for (let minute = 0; minute < 60; minute += 2) {
    await write(core, async ({ tx, now, append }) => {
      // As if each had been submitted, but for the time that it takes.
      const { rows } = await sql<{ id: string; execution_id: string }>`
        insert into approvals (id, project_id, execution_id, workspace_id, tool, risk, tool_risk, state, args, prompt,
          digest, schema_digest, policy_version, requested_by, requested_at, expires_at, asked, stage_ends_at)
        select gen_random_uuid(), project_id, execution_id, workspace_id, tool, risk, tool_risk, 'pending', args, prompt,
          digest, schema_digest, policy_version, requested_by, ${now}, ${new Date(now.getTime() + 3_600_000)}, asked,
          ${new Date(now.getTime() + 3_600_000)}
        from approvals, generate_series(1, 34) where id = ${model}
        returning id, execution_id`.execute(tx)
      const of = { project_id: system.projectId, actor: router }
      const told = (id: string, execution_id: string) => ({ ...of, execution_id, approval_id: id })
      for (const { id, execution_id } of rows)
        append({
          ...told(id, execution_id),
          kind: 'approval.requested',
          data: { stage: 0, tell: [{ users: ['ann@example.com'] }] },
        })
      // Others decide on most of them meanwhile.
      for (const { id, execution_id } of rows.slice(4)) {
        await tx.updateTable('approvals').set({ state: 'rejected', decided_at: now }).where('id', '=', id).execute()
        append({ ...told(id, execution_id), kind: 'approval.rejected' })
      }
    })
    await clock.leap(120_000)
    await settle()
    await sendDigests(core)
    await sendReminders(core)
    await settle()
  }
  const subjects = subjectsOf(mails)
  t.diagnostic(`${subjects.length} mails`)
  assert.ok(subjects.length <= 20, subjects.join('\n'))
  assert.ok(subjects.length >= 10, subjects.join('\n'))
})
