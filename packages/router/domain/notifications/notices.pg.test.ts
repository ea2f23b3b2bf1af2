import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sendDigests, sendReminders } from './digest.ts'
import { headers, slack, world } from './notices-world.fixture.ts'

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
