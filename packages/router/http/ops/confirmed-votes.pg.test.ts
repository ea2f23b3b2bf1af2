// Approvals that are confirmed with a passkey, and who may change a passkey.
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { passkeyForTests } from '@xerotier/devkit/passkey.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'

const origin = 'https://ops.example.com'
const password = 'correct horse battery'
let clock: ShiftedClock
let system: RouterForTests
let serving: ServingAgent
let browser: BrowserSession
const phone = passkeyForTests(origin)

before(async () => {
  clock = shiftedClock()
  system = await startRouterForTests({ clock, publicUrl: origin })
  const { client } = system
  const tools = [toolOf('stop', { risk: 'destructive' }), toolOf('erase', { risk: 'irreversible' })]
  serving = await servingAgent(client, 'worker', 'ws', tools)
  await client.call('project.update', { body: { allow_self_approval: true } })
  browser = await loggedIn()
  await browser.send('POST', '/ops/api/password', { password })
  assert.equal((await add(browser, phone, 'phone')).status, 200)
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

interface Said {
  [name: string]: unknown
  error?: { code: string; message: string }
}
async function ask(by: BrowserSession, method: string, path: string, body?: unknown) {
  const answer = await by.send(method, `/ops/api/${path}`, body)
  const data = (await answer.json()) as Said
  return { status: answer.status, code: data.error?.code, message: data.error?.message ?? '', data }
}
async function loggedIn(client = system.client): Promise<BrowserSession> {
  const one = browserSession(system.router.url)
  await one.loginByLink((await client.call('loginLinks.create')).token)
  return one
}
async function add(by: BrowserSession, key: typeof phone, name: string) {
  const begun = await ask(by, 'POST', 'passkeys/begin')
  if (begun.code !== undefined) return begun
  const response = key.create(begun.data.options as Parameters<typeof phone.create>[0])
  return ask(by, 'POST', 'passkeys', { name, transports: ['internal'], response })
}
const submit = async (tool = 'stop', args: Record<string, unknown> = {}): Promise<Approval> => {
  const { approval_id } = await system.client.call('invocations.submit', { body: { workspace: 'ws', tool, args } })
  return system.client.call('approvals.show', { params: { id: approval_id! } })
}
const shownFor = async ({ id, digest }: Pick<Approval, 'id' | 'digest'>, by = browser, key = phone) => {
  const { data } = await ask(by, 'POST', `approvals/${id}/approve/begin`, { digest })
  return key.get(data.options as Parameters<typeof phone.get>[0])
}
const approve = ({ id, digest }: Approval, passkey: object, more = {}, by = browser) =>
  ask(by, 'POST', `approvals/${id}/approve`, { digest, passkey, ...more })
const requirePasskey = (document: object) =>
  system.client.call('policies.apply', { params: { policy: 'asks' }, body: { workspace: 'ws', document } })

test('an approval is confirmed by a signature over exactly it, which stands in the record', async () => {
  const approval = await submit()
  const shown = await shownFor(approval)
  const { status, data } = await approve(approval, shown, { note: 'seen' })
  assert.equal(status, 200)
  const { state, votes } = data as unknown as Approval
  const [vote] = votes
  assert.deepEqual([state, vote?.passkey?.name, vote?.note, vote?.door], ['approved', 'phone', 'seen', 'dashboard'])
  const { pool } = system.router.core.store
  const { rows } = await pool.query('select passkey_proof as proof from approval_votes where approval_id = $1', [
    approval.id,
  ])
  const { client_data, authenticator_data, signature } = rows[0].proof as Record<string, string>
  const client = Buffer.from(client_data ?? '', 'base64url')
  const { challenge } = JSON.parse(client.toString()) as { challenge: string }
  const what = `{"approval_id":"${approval.id}","decision":"approve","digest":"${approval.digest}"}`
  assert.deepEqual(Buffer.from(challenge, 'base64url').subarray(32), sha256(Buffer.from(what)))
  const { rows: keys } = await pool.query('select public_key from passkeys')
  const cose = keys[0].public_key as Buffer
  const [x, y] = [cose.subarray(10, 42).toString('base64url'), cose.subarray(45, 77).toString('base64url')]
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const signed = Buffer.concat([Buffer.from(authenticator_data ?? '', 'base64url'), sha256(client)])
  assert.ok(verify('sha256', signed, publicKey, Buffer.from(signature ?? '', 'base64url')))
  const { rows: events } = await pool.query(
    `select data from events where kind = 'approval.approved' and approval_id = $1`,
    [approval.id],
  )
  assert.equal(events[0].data.confirmed_with.name, 'phone')
  await serving.answer(await serving.agent.next('dispatch'))
})

test('what was signed for one call, one time or one session approves nothing else', async () => {
  const [one, other] = [await submit(), await submit('stop', { other: true })]
  assert.equal((await approve(other, await shownFor(one))).code, 'passkey_refused')
  const shown = await shownFor(one)
  const elsewhere = await loggedIn()
  assert.equal((await approve(one, shown, {}, elsewhere)).code, 'passkey_refused')
  const wrong = await shownFor({ id: one.id, digest: other.digest })
  assert.equal((await approve(one, wrong)).code, 'passkey_refused')
  assert.equal(
    (await approve({ ...one, digest: other.digest }, await shownFor({ ...one, digest: other.digest }))).code,
    'approval_voided',
  )
  const login = await ask(browserSession(system.router.url), 'POST', 'login/passkey/begin')
  const toComeIn = phone.get(login.data.options as Parameters<typeof phone.get>[0])
  assert.equal((await approve(one, toComeIn)).code, 'passkey_refused', 'signed to log in')
  const late = await shownFor(one)
  clock.shift((limits.passkeyChallengeSeconds + 1) * 1000)
  assert.equal((await approve(one, late)).code, 'passkey_refused')
  const stranger = passkeyForTests(origin)
  assert.equal((await approve(one, await shownFor(one, browser, stranger))).code, 'passkey_refused')
  assert.equal((await approve(one, await shownFor(one))).status, 200)
  await serving.answer(await serving.agent.next('dispatch'))
  const { state } = await system.client.call('approvals.show', { params: { id: other.id } })
  assert.equal(state, 'pending')
})

test('a passkey of somebody else confirms no vote of mine', async () => {
  const scopes = ['execution' as const, 'management' as const]
  const ana = await personForTests(system.router.core, system.projectId, 'ana', { role: 'owner', scopes })
  const hers = await loggedIn(system.clientWith(ana.key))
  const tablet = passkeyForTests(origin)
  assert.equal((await add(hers, tablet, 'tablet')).status, 200)
  const approval = await submit()
  assert.equal((await approve(approval, await shownFor(approval, browser, tablet))).code, 'passkey_refused')
  assert.equal((await approve(approval, await shownFor(approval, hers, tablet), {}, hers)).status, 200)
  await serving.answer(await serving.agent.next('dispatch'))
})

test('where the policy wants a passkey every other door is refused, and says where to go; a rejection is not', async () => {
  const rules = [{ name: 'stops', when: 'tool == "stop"', then: { require_passkey: true } }]
  await requirePasskey({ rules, self_approval: 'any' })
  const approval = await submit()
  assert.equal(approval.asked.require_passkey, true)
  const { client } = system
  const refused = await client
    .call('approvals.approve', { params: { id: approval.id }, body: {} })
    .catch((error) => error)
  assert.equal(refused.code, 'passkey_required')
  assert.ok(refused.message.includes(`${origin}/ops/approvals?id=${approval.id}`))
  const { results } = await client.call('approvals.decide', {
    body: { decision: 'approve', approvals: [{ id: approval.id, digest: approval.digest }] },
  })
  assert.equal(results[0]?.error?.code, 'passkey_required')
  assert.equal((await browser.send('POST', `/demo/v1/exec/approvals/${approval.id}/approve`, {})).status, 403)
  assert.equal((await approve(approval, await shownFor(approval))).status, 200)
  await serving.answer(await serving.agent.next('dispatch'))
  const other = await submit()
  const { state } = await client.call('approvals.reject', { params: { id: other.id }, body: {} })
  assert.equal(state, 'rejected')
  const erase = await submit('erase')
  assert.equal(erase.asked.require_passkey, false)
  await client.call('approvals.reject', { params: { id: erase.id }, body: {} })
})

test('a passkey is added and removed by who has just proved who they are', async () => {
  const spare = passkeyForTests(origin)
  clock.shift((limits.freshLoginSeconds + 1) * 1000)
  assert.equal((await add(browser, spare, 'spare')).code, 'fresh_login_required')
  const { data } = await ask(browser, 'GET', 'passkeys')
  const [{ id = '' } = {}] = data.data as { id: string }[]
  assert.equal((await ask(browser, 'DELETE', `passkeys/${id}`)).code, 'fresh_login_required')
  assert.equal((await ask(browser, 'POST', 'fresh', { password: 'another long password' })).code, 'login_failed')
  assert.equal((await ask(browser, 'POST', 'fresh', { password })).code, 'second_factor_required')
  const begun = await ask(browser, 'POST', 'fresh/begin')
  const shown = phone.get(begun.data.options as Parameters<typeof phone.get>[0])
  const elsewhere = await loggedIn()
  assert.equal((await ask(elsewhere, 'POST', 'fresh', { passkey: shown })).code, 'passkey_refused')
  const again = await ask(browser, 'POST', 'fresh/begin')
  const passkey = phone.get(again.data.options as Parameters<typeof phone.get>[0])
  assert.equal((await ask(browser, 'POST', 'fresh', { passkey })).status, 200)
  assert.equal((await add(browser, spare, 'spare')).status, 200)
  assert.equal((await ask(browser, 'DELETE', `passkeys/${id}`)).status, 200)
})
