import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type SettableClock, settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { RouterOptions } from '../../router.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { sendDigests, sendReminders } from './digest.ts'
import { startMailServer } from './mail-server.fixture.ts'
import { type Receiver, startReceiver } from './receiver.fixture.ts'

interface World {
  clock: SettableClock
  system: RouterForTests
  client: RouterForTests['client']
  serving: ServingAgent
  receiver: Receiver
  /** Asks for a call that waits for an approval. */
  ask(args?: Record<string, unknown>): Promise<{ id: string; approvalId: string }>
  /** Lets the follower come to all that has happened, and the outbox to all that it wrote. */
  settle(): Promise<void>
}

async function world(t: TestContext, mail?: RouterOptions['mail']): Promise<World> {
  // A clock that stands still, but for the loops that look again.
  const clock = settableClock(Date.parse('2026-03-02T12:00:00Z'))
  const system = await startRouterForTests({ clock, mail, settings: { privateTargets: true } })
  const { client } = system
  const serving = await servingAgent(client, 'worker', 'ws', [toolOf('stop', { risk: 'destructive' })])
  t.after(async () => {
    serving.agent.close()
    const stopped = system.stop()
    let isStopped = false
    void stopped.then(() => {
      isStopped = true
    })
    while (!isStopped) await clock.advance(100)
    await stopped
  })
  const { pool } = system.router.core.store
  const settled = async () => {
    const { rows } = await pool.query<{ behind: number; pending: number }>(
      `
      select (select count(*) from events where (events.xid, events.seq) > (f.xid, f.seq)) as behind,
        (select count(*) from deliveries where state = 'pending' and next_attempt_at <= $1) as pending
      from followers as f where name = 'notifications'`,
      [new Date(clock.now())],
    )
    const [row] = rows
    return row !== undefined && row.behind === 0 && row.pending === 0
  }
  return {
    clock,
    system,
    client,
    serving,
    receiver: await startReceiver(t),
    async ask(args = {}) {
      const call = await client.call('invocations.submit', { body: { workspace: 'ws', tool: 'stop', args } })
      return { id: call.id, approvalId: call.approval_id! }
    },
    async settle() {
      await until('the follower and the outbox', async () => {
        await clock.advance(250)
        return (await settled()) || undefined
      })
    },
  }
}

const slack = (client: World['client'], url: string, more = {}) =>
  client.call('channels.create', { body: { kind: 'slack', name: '#ops', url, ...more } })
const headers = (receiver: Receiver) => receiver.received.map(({ body }) => body.blocks[0].text.text as string)

test('a chat is told who asks for what, and how it was decided elsewhere', async (t) => {
  const { client, receiver, ask, settle } = await world(t)
  const channel = await slack(client, `${receiver.url}/services/secret`)
  assert.equal(channel.target, receiver.url)
  const { approvalId } = await ask({ host: 'db-1', note: '<!channel> *bold* \u202eevil' })
  await settle()
  const [asked] = receiver.received
  assert.equal(asked?.path, '/services/secret')
  assert.match(headers(receiver)[0] ?? '', /^🟡 Approval wanted: stop in ws \(destructive\)$/)
  const code = asked?.body.blocks.find(({ type }: { type: string }) => type === 'rich_text').elements[0]
  assert.equal(code.type, 'rich_text_preformatted')
  assert.match(code.elements[0].text, /<!channel> \*bold\* \\u202eevil/)
  assert.equal(asked?.text.includes('\u202e'), false)
  assert.equal(JSON.stringify(asked?.body).includes('mrkdwn'), false)

  await client.call('approvals.reject', { params: { id: approvalId }, body: { note: 'not today' } })
  await settle()
  assert.equal(headers(receiver).length, 2)
  assert.equal(headers(receiver)[1], '🔴 Rejected: stop in ws')
  assert.match(receiver.received[1]?.text ?? '', /Note: not today/)
})

test('what was decided before it could be told is not asked any more', async (t) => {
  const { client, clock, receiver, ask, settle, system } = await world(t)
  await slack(client, receiver.url)
  receiver.answer = (response) => void response.writeHead(500).end()
  const { approvalId } = await ask()
  await settle()
  assert.equal(receiver.received.length, 1)
  receiver.answer = (response) => void response.writeHead(200).end()
  await client.call('approvals.reject', { params: { id: approvalId }, body: {} })
  await settle()
  await clock.leap(60_000)
  await settle()
  assert.deepEqual(headers(receiver).slice(1), ['🔴 Rejected: stop in ws'])
  const { data } = await client.call('deliveries.list', { query: {} })
  assert.deepEqual(
    data.map(({ state }) => state),
    ['delivered', 'delivered'],
  )
  assert.equal(system.router.core.settings.mail, false)
})

const long = { timeout: 360_000 }
test('a thousand requests of one requester in an hour give a channel 20 messages at most', long, async (t) => {
  const { client, clock, receiver, ask, settle, system } = await world(t)
  await slack(client, receiver.url, { remind_minutes: 15 })
  const asked: string[] = []
  const { core } = system.router
  for (let minute = 0; minute < 60; minute += 3) {
    const count = 50
    const some = await Promise.all(Array.from({ length: count }, async () => (await ask()).approvalId))
    asked.push(...some)
    // The limit of what may wait: others decide in the meantime.
    await Promise.all(some.slice(6).map((id) => client.call('approvals.reject', { params: { id }, body: {} })))
    await clock.leap(180_000)
    await settle()
    await sendDigests(core)
    await sendReminders(core)
    await settle()
  }
  assert.equal(asked.length, 1_000)
  const titles = headers(receiver)
  t.diagnostic(`${titles.length} messages`)
  assert.ok(titles.length <= 20, titles.join('\n'))
  assert.ok(titles.length >= 10, titles.join('\n'))
  const untold = await core.store.db
    .selectFrom('notices')
    .select('id')
    .where('told_at', 'is', null)
    .where('ended_at', 'is', null)
    .execute()
  assert.ok(untold.length <= 10 * 17, 'what is not told yet came since the last message')
})

test('in quiet hours nothing is sent, and afterwards one message tells of what came', async (t) => {
  const { client, clock, receiver, ask, settle, system } = await world(t)
  const quiet_hours = { from: '12:30', to: '13:30', time_zone: 'Europe/Berlin' }
  await slack(client, receiver.url, { quiet_hours })
  // 12:00 UTC is 13:00 in Berlin.
  for (let n = 0; n < 3; n++) await ask({ n })
  await settle()
  await sendDigests(system.router.core)
  await settle()
  assert.deepEqual(receiver.received, [])
  clock.setWall(Date.parse('2026-03-02T12:30:00Z'))
  await sendDigests(system.router.core)
  await settle()
  assert.deepEqual(headers(receiver), ['🟡 3 messages, and 3 approvals wait'])
  // Each can be looked at and decided from there.
  const shown = JSON.stringify(receiver.received).match(/xeroctl approvals show [0-9a-f-]{36}/g)
  assert.equal(new Set(shown).size, 3)
})

test('what still waits is reminded of, once an interval', async (t) => {
  const { client, clock, receiver, ask, settle, system } = await world(t)
  await slack(client, receiver.url, { remind_minutes: 15 })
  const { store } = system.router.core
  await ask()
  await settle()
  // So that it does not expire meanwhile.
  await store.pool.query(`update approvals set expires_at = $1`, [new Date(clock.now() + 86_400_000)])
  const at = async (minutes: number) => {
    clock.setWall(Date.parse('2026-03-02T12:00:00Z') + minutes * 60_000)
    await sendReminders(system.router.core)
    await sendReminders(system.router.core)
    await settle()
    return headers(receiver).length
  }
  assert.deepEqual([await at(14), await at(16), await at(20), await at(32)], [1, 2, 2, 3])
  assert.equal(headers(receiver)[1], '🟡 Reminder: 1 approval waits')
})

test('a channel is told of what its filters let through: workspace, risk, stage and rule', async (t) => {
  const { client, receiver, ask, settle } = await world(t)
  await client.call('workspaces.create', { body: { name: 'elsewhere' } })
  await slack(client, `${receiver.url}/all`)
  const rules = [{ name: 'at night', when: 'false', then: { quorum: 1 } }]
  await client.call('policies.apply', { params: { policy: 'p' }, body: { document: { rules } } })
  await slack(client, `${receiver.url}/elsewhere`, { name: 'e', workspaces: ['elsewhere'] })
  await slack(client, `${receiver.url}/risk`, { name: 'r', risks: ['irreversible'] })
  await slack(client, `${receiver.url}/stage`, { name: 's', from_stage: 1 })
  await slack(client, `${receiver.url}/rule`, { name: 'n', rules: ['at night'] })
  await ask()
  await settle()
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/all'],
  )
})

test('PagerDuty gets an incident for the request, which is acknowledged by the decision and over with the call', async (t) => {
  const { client, receiver, ask, settle, serving } = await world(t)
  const body = {
    kind: 'pagerduty',
    name: 'on call',
    routing_key: 'R0UT1NG',
    url: `${receiver.url}/v2/enqueue`,
  } as const
  const channel = await client.call('channels.create', { body })
  assert.doesNotMatch(JSON.stringify(channel), /R0UT1NG/)
  const { approvalId } = await ask()
  await settle()
  await client.call('approvals.approve', { params: { id: approvalId }, body: {} })
  await settle()
  await serving.answer(await serving.agent.next('dispatch'))
  await settle()
  const sent = receiver.received.map(({ body: event }) => [event.event_action, event.dedup_key, event.routing_key])
  const key = `xerotier-${approvalId}`
  assert.deepEqual(sent, [
    ['trigger', key, 'R0UT1NG'],
    ['acknowledge', key, 'R0UT1NG'],
    ['resolve', key, 'R0UT1NG'],
  ])
  assert.match(receiver.received[0]?.body.payload.summary, /^Approval wanted: stop in ws/)

  const other = await ask()
  await settle()
  await client.call('approvals.reject', { params: { id: other.approvalId }, body: {} })
  await settle()
  assert.deepEqual(
    receiver.received.slice(3).map(({ body: event }) => event.event_action),
    ['trigger', 'resolve'],
  )
})

test('Teams gets a card in which text of others is text', async (t) => {
  const { client, receiver, ask, settle } = await world(t)
  await client.call('channels.create', { body: { kind: 'teams', name: 't', url: receiver.url } })
  await ask({ text: '[click](https://evil.example) **x**' })
  await settle()
  const card = receiver.received[0]?.body.attachments[0].content
  assert.deepEqual([card.type, card.version], ['AdaptiveCard', '1.4'])
  assert.deepEqual([...new Set(card.body.map(({ type }: { type: string }) => type))], ['RichTextBlock'])
  assert.match(JSON.stringify(card), /\[click\]\(https:\/\/evil\.example\)/)
})

/** A member of the project, made behind the API's back. */
async function member({ system }: World, id: string, role = 'member') {
  const { pool } = system.router.core.store
  const now = new Date(system.router.core.clock.now())
  const email = `${id}@example.com`
  await pool.query(
    `insert into users (id, email, email_key, name, created_at, updated_at) values ($1, $2, $2, $1, $3, $3)`,
    [id, email, now],
  )
  await pool.query(
    `insert into project_members (project_id, user_id, role, added_by, added_at) values ($1, $2, $3, 'test', $4)`,
    [system.projectId, id, role, now],
  )
}

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

test('a channel takes what belongs to its kind, and what is wrong is named', async (t) => {
  const { client } = await world(t)
  const bad: [body: Record<string, unknown>, param: string][] = [
    [{ kind: 'slack', name: 'x' }, 'url'],
    [{ kind: 'slack', name: 'x', url: 'https://h.example', routing_key: 'k' }, 'routing_key'],
    [{ kind: 'pagerduty', name: 'x' }, 'routing_key'],
    [{ kind: 'email', name: 'x' }, 'to'],
    [{ kind: 'email', name: 'x', to: ['nobody'] }, 'to.0'],
    [{ kind: 'email', name: 'x', to: ['a@b.example'], url: 'https://h.example' }, 'url'],
    [{ kind: 'fax', name: 'x' }, 'kind'],
    [{ kind: 'slack', name: 'x', url: 'https://h.example', remind_minutes: 5 }, 'remind_minutes'],
    [
      { kind: 'slack', name: 'x', url: 'https://h.example', quiet_hours: { from: '22:00', to: '7', time_zone: 'UTC' } },
      'quiet_hours.to',
    ],
    [
      {
        kind: 'slack',
        name: 'x',
        url: 'https://h.example',
        quiet_hours: { from: '22:00', to: '07:00', time_zone: 'X' },
      },
      'quiet_hours.time_zone',
    ],
  ]
  for (const [body, param] of bad) {
    await assert.rejects(client.call('channels.create', { body: body as never }), (error: { param?: string }) => {
      assert.equal(error.param, param, JSON.stringify(body))
      return true
    })
  }
})
