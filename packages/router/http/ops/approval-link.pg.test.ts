import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import { linkTo, type MailServer, startMailServer } from '../../domain/notifications/mail-server.fixture.ts'

let clock: ShiftedClock
let system: RouterForTests
let client: RouterForTests['client']
let serving: ServingAgent
let mails: MailServer
const cleanups: (() => unknown)[] = []

before(async () => {
  clock = shiftedClock()
  mails = await startMailServer({ after: (cleanup) => void cleanups.push(cleanup as () => unknown) })
  system = await startRouterForTests({
    clock,
    mail: { url: mails.url, from: 'xem@example.com' },
    linkSecret: 'a secret of the tests, long enough for it',
  })
  client = system.client
  const tools = [toolOf('stop', { risk: 'destructive' }), toolOf('erase', { risk: 'irreversible' })]
  serving = await servingAgent(client, 'worker', 'ws', tools)
  const { pool } = system.router.core.store
  for (const id of ['usr_ann', 'usr_bob']) {
    await pool.query(
      `insert into users (id, email, email_key, name, created_at, updated_at)
       values ($1, $2, $2, $1, now(), now())`,
      [id, `${id}@example.com`],
    )
    await pool.query(
      `insert into project_members (project_id, user_id, role, added_by, added_at) values ($1, $2, 'owner', 'test', now())`,
      [system.projectId, id],
    )
  }
})
after(async () => {
  serving.agent.close()
  await system.stop()
  for (const cleanup of cleanups) await cleanup()
})

async function ask(tool = 'stop', args: Record<string, unknown> = {}) {
  const call = await client.call('invocations.submit', { body: { workspace: 'ws', tool, args, reason: 'INC-7' } })
  return { id: call.id, approvalId: call.approval_id! }
}

/** Asks for a call, and for a link to it. */
async function linked(tool = 'stop', args: Record<string, unknown> = {}, user = 'usr_ann@example.com') {
  const { id, approvalId } = await ask(tool, args)
  const link = await client.call('approvalLinks.create', { body: { approval: approvalId, user } })
  return { id, approvalId, link, url: await urlOf(approvalId) }
}

const urlOf = (approvalId: string) => until('the mail', () => linkTo(approvalId, mails))

const get = async (url: string, method = 'GET') => {
  const answer = await fetch(url, { method })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
const post = async (url: string, form: Record<string, string>) => {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
  return { status: answer.status, text: await answer.text() }
}
async function stateOfLink(id: string) {
  const { data } = await client.call('approvalLinks.list', {})
  return data.find((link) => link.id === id)?.state
}
const approval = (id: string) => client.call('approvals.show', { params: { id } })
const decided = async () => void (await serving.answer(await serving.agent.next('dispatch')))

test('a link that goes with the mail to those who are asked stands in the log, minted by the router', async () => {
  const stages = [{ approvers: { roles: ['owner' as const] } }]
  await client.call('policies.apply', { params: { policy: 'asks' }, body: { workspace: 'ws', document: { stages } } })
  const { approvalId } = await ask()
  await urlOf(approvalId)
  const events = await system.router.core.store.db
    .selectFrom('events')
    .select(['actor', 'data'])
    .where('kind', '=', 'approval_link.created')
    .where('approval_id', '=', approvalId)
    .execute()
  assert.deepEqual([...new Set(events.map(({ actor }) => actor))], ['router'])
  assert.ok(events.every(({ data }) => typeof data.user_id === 'string'))
  await client.call('policies.delete', { params: { policy: 'asks' } })
})

test('a link shows what will run, escaped, and neither GET nor HEAD decides', async () => {
  const { url, approvalId } = await linked('stop', { host: '<img src=x>', note: 'a\u202eb' })
  for (let times = 0; times < 2; times++) {
    const { status, headers, text } = await get(url)
    assert.equal(status, 200)
    assert.match(text, /Run <code>stop<\/code> in ws\?/)
    assert.match(text, /&#60;img src=x&#62;/)
    assert.match(text, /a\\u202eb/)
    assert.match(text, /INC-7/)
    assert.match(text, /You decide as usr_ann\./)
    assert.doesNotMatch(text, /<script|<img|http:|\u202e/)
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    )
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('set-cookie'), null)
    assert.match(headers.get('content-type') ?? '', /^text\/html/)
  }
  assert.equal((await get(url, 'HEAD')).status, 200)
  assert.equal((await get(`${url}&decision=approve`)).status, 200)
  assert.equal((await approval(approvalId)).state, 'pending')
  await post(url, { decision: 'reject' })
})

test('the form decides as the person whose link it is, once, with their note', async () => {
  const { url, approvalId, id, link } = await linked()
  assert.deepEqual([link.state, link.user_name, JSON.stringify(link).includes('token')], ['open', 'usr_ann', false])
  const done = await post(url, { decision: 'approve', note: 'looks\r\nfine' })
  assert.equal(done.status, 200)
  assert.match(done.text, /It was approved by usr_ann\./)
  await decided()
  const record = await approval(approvalId)
  assert.deepEqual([record.state, record.decided_by, record.note], ['approved', 'usr_ann', 'looks\nfine'])
  const again = await post(url, { decision: 'reject' })
  assert.match(again.text, /It was approved by usr_ann\./)
  assert.match((await get(url)).text, /Nothing is to be done any more/)
  assert.equal((await client.call('executions.show', { params: { id } })).state, 'completed')
  const { data } = await client.call('approvalLinks.list', { query: { approval: approvalId } })
  assert.deepEqual(
    data.map(({ state, decision }) => [state, decision]),
    [['used', 'approve']],
  )
})

test('of a hundred posts of one link at once one wins, and the others read that it is decided', async () => {
  const { url, approvalId } = await linked()
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => post(url, { decision: n % 2 === 0 ? 'approve' : 'reject', note: `${n}` })),
  )
  const { state, note } = await approval(approvalId)
  const [word] = state === 'approved' ? ['approved'] : ['rejected']
  for (const { text } of answers) assert.match(text, new RegExp(`It was ${word} by usr_ann`))
  assert.ok(answers.every(({ status }) => status === 200 || status === 409))
  assert.match(note ?? '', /^\d+$/)
  if (state === 'approved') await decided()
  const { rows } = await system.router.core.store.pool.query(
    `select count(*)::int as count from events where approval_id = $1 and kind in ('approval.approved', 'approval.rejected')`,
    [approvalId],
  )
  assert.equal(rows[0].count, 1)
})

test('an irreversible call is approved by typing the name of its tool, and rejected without', async () => {
  const { url, approvalId } = await linked('erase')
  const page = await get(url)
  assert.match(page.text, /Type <code>erase<\/code> to approve/)
  for (const confirm of ['', 'ERASE', 'stop']) {
    const { status, text } = await post(url, { decision: 'approve', confirm, note: 'my <note>' })
    assert.equal(status, 400, confirm)
    assert.match(text, /role="alert"/)
    assert.match(text, /my &#60;note&#62;/)
  }
  assert.equal((await approval(approvalId)).state, 'pending')
  assert.match((await post(url, { decision: 'approve', confirm: 'erase' })).text, /It was approved/)
  await decided()
  const other = await linked('erase')
  assert.match((await post(other.url, { decision: 'reject' })).text, /It was rejected/)
})

test('a tampered, foreign, revoked or expired link decides nothing', async () => {
  const first = await linked()
  const second = await linked()
  const token = new URL(first.url).searchParams.get('token') ?? ''
  const [id, signature] = token.split('.')
  const other = new URL(second.url).searchParams.get('token') ?? ''
  const base = first.url.split('?')[0]
  const bad = [
    `${base}`,
    `${base}?token=`,
    `${base}?token=${id}.${'A'.repeat(43)}`,
    `${base}?token=${other.split('.')[0]}.${signature}`,
    `${base}?token=${other}`,
    `${base}?token=${token}x`,
    `${base}?token=${token}&token=${token}`,
    `${second.url.split('?')[0]}?token=${token}`,
    `${system.router.url}/ops/approval/x?token=${token}`,
  ]
  for (const url of bad) {
    const shown = await get(url)
    assert.equal(shown.status, 404, url)
    assert.match(shown.text, /This link is not valid/)
    assert.doesNotMatch(shown.text, /stop/)
    assert.equal((await post(url, { decision: 'approve' })).status, 404, url)
  }
  await client.call('approvalLinks.revoke', { params: { id: first.link.id } })
  assert.equal((await post(first.url, { decision: 'approve' })).status, 404)
  assert.equal((await approval(first.approvalId)).state, 'pending')

  // Its end is a part of what is signed.
  const { pool } = system.router.core.store
  await pool.query(`update approval_links set expires_at = expires_at + interval '1 day' where id = $1`, [
    second.link.id,
  ])
  assert.equal((await post(second.url, { decision: 'approve' })).status, 404)
  await pool.query(`update approval_links set expires_at = expires_at - interval '1 day' where id = $1`, [
    second.link.id,
  ])
  clock.shift(901_000)
  const late = await post(second.url, { decision: 'approve' })
  assert.deepEqual([late.status, /This link has expired/.test(late.text)], [410, true])
  assert.equal((await approval(second.approvalId)).state, 'expired')
})

test('a link of somebody who left the project is void, and what was decided elsewhere is told', async () => {
  const left = await linked('stop', {}, 'usr_bob')
  const { pool } = system.router.core.store
  await pool.query(`update users set active = false where id = 'usr_bob'`)
  assert.equal((await post(left.url, { decision: 'approve' })).status, 404)
  await assert.rejects(client.call('approvalLinks.create', { body: { approval: left.approvalId, user: 'usr_bob' } }), {
    code: 'invalid_body',
    param: 'user',
  })
  const elsewhere = await linked()
  assert.equal(await stateOfLink(elsewhere.link.id), 'open')
  await client.call('approvals.reject', { params: { id: elsewhere.approvalId }, body: { note: 'by hand' } })
  const shown = await get(elsewhere.url)
  assert.match(shown.text, /It was rejected/)
  assert.match(shown.text, /by hand/)
  assert.match((await post(elsewhere.url, { decision: 'approve' })).text, /It was rejected/)
  assert.equal(await stateOfLink(elsewhere.link.id), 'closed')
  await assert.rejects(
    client.call('approvalLinks.create', { body: { approval: elsewhere.approvalId, user: 'usr_ann' } }),
    { code: 'approval_already_decided' },
  )
})

test('nobody gets a link to what they could not approve', async () => {
  const core = system.router.core
  for (const name of ['lea', 'mia']) await personForTests(core, system.projectId, name)
  const approvers = { users: ['lea@example.com', 'owner@localhost'] }
  const stages = [{ approvers, tell: { users: ['lea@example.com', 'mia@example.com'] } }]
  await client.call('policies.apply', {
    params: { policy: 'ann' },
    body: { workspace: 'ws', document: { stages, self_approval: 'none' } },
  })
  const refused = async (approval: string, user: string, message: RegExp) =>
    assert.rejects(client.call('approvalLinks.create', { body: { approval, user } }), {
      code: 'invalid_body',
      param: 'user',
      message,
    })
  const { approvalId } = await ask()
  await refused(
    approvalId,
    'mia@example.com',
    /^user: mia@example\.com could not approve it with a link\. This call is decided by lea@example\.com or owner@localhost\.$/,
  )
  await refused(
    approvalId,
    'owner@localhost',
    /cannot approve their own calls: the policy ann says `self_approval: none`/,
  )
  // Both are told, and one decides.
  const told = (to: string) =>
    until('the mail', () => mails.taken.find((mail) => mail.to.includes(to) && mail.text.includes(approvalId)))
  assert.doesNotMatch((await told('mia@example.com')).text, /ops\/approval/)
  assert.match((await told('lea@example.com')).text, /ops\/approval/)
  await client.call('policies.delete', { params: { policy: 'ann' } })
})

test('what is no form, or too large, or says nothing, is refused with a page', async () => {
  const { url } = await linked()
  const json = await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
  assert.equal(json.status, 400)
  const large = await post(url, { decision: 'approve', note: 'x'.repeat(20_000) })
  assert.equal(large.status, 413)
  assert.match(large.text, /<!doctype html>/)
  assert.equal((await post(url, { decision: 'maybe' })).status, 400)
  assert.equal((await post(url, { decision: 'approve', note: 'x'.repeat(2_001) })).status, 400)
  assert.equal((await fetch(url, { method: 'PUT' })).status, 405)
})
