import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authenticatorCode } from '@xerotier/devkit/authenticator.ts'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { passkeyForTests } from '@xerotier/devkit/passkey.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import { type MailServer, startMailServer } from '../../domain/notifications/mail-server.fixture.ts'

const origin = 'https://ops.example.com'
const password = 'correct horse battery'
const email = 'owner@localhost'
let clock: ShiftedClock
let system: RouterForTests
let mails: MailServer
let owner: BrowserSession
const endings: (() => unknown)[] = []

before(async () => {
  clock = shiftedClock()
  mails = await startMailServer({ after: (end) => void endings.push(end as () => unknown) })
  const mail = { url: mails.url, from: 'xerotier@example.com' }
  system = await startRouterForTests({ clock, publicUrl: `${origin}/xem`, mail })
  owner = browserSession(system.router.url)
  await owner.loginByLink((await system.client.call('loginLinks.create')).token)
  await owner.send('POST', '/ops/api/password', { password })
})
after(async () => {
  await system.stop()
  for (const end of endings) await end()
})

async function ask(by: BrowserSession, method: string, path: string, body?: unknown) {
  const answer = await by.send(method, path, body)
  const data = (await answer.json()) as Record<string, unknown> & { error?: { code: string } }
  return { status: answer.status, code: data.error?.code, data }
}
const fresh = () => browserSession(system.router.url)
const require = (required_login: ('passkey' | 'authenticator' | 'provider')[]) =>
  system.client.call('project.update', { body: { required_login } })
async function byPassword(by = fresh(), more: object = {}) {
  const { status, code } = await ask(by, 'POST', '/ops/api/login', { email, password, ...more })
  if (status === 200) await by.session()
  return { by, came: code ?? status }
}

test('a project that requires a passkey shows nothing to who came otherwise, until they show one', async () => {
  const { by } = await byPassword()
  const stream = await by.send('GET', '/ops/stream')
  assert.equal(stream.status, 200)
  const reader = stream.body?.getReader()
  await require(['passkey', 'provider'])
  // It ends at once, and not within the hour.
  while (!((await reader?.read())?.done ?? true));
  const session = await by.session()
  assert.deepEqual(session.needs, ['passkey', 'provider'])
  for (const path of ['whoami', 'management/agents', 'exec/approvals', 'management/project']) {
    const refused = await ask(by, 'GET', `/demo/v1/${path}`)
    assert.deepEqual([refused.status, refused.code], [403, 'login_method_required'], path)
  }
  assert.equal((await ask(by, 'POST', '/demo/v1/management/join-keys', {})).code, 'login_method_required')
  assert.equal((await ask(by, 'GET', '/ops/stream')).code, 'login_method_required')
  assert.equal((await system.client.call('project.show')).required_login.length, 2, 'keys are no logins')

  const phone = passkeyForTests(origin)
  const made = await ask(by, 'POST', '/ops/api/passkeys/begin')
  const response = phone.create(made.data.options as Parameters<typeof phone.create>[0])
  assert.equal((await ask(by, 'POST', '/ops/api/passkeys', { name: 'phone', response })).status, 200)
  const asked = await ask(by, 'POST', '/ops/api/login/passkey/begin')
  const passkey = phone.get(asked.data.options as Parameters<typeof phone.get>[0])
  const before = by.cookie
  assert.equal((await ask(by, 'POST', '/ops/api/login/passkey', { passkey })).status, 200)
  assert.notEqual(by.cookie, before, 'another session')
  assert.deepEqual((await by.session()).needs, [])
  assert.equal((await ask(by, 'GET', '/demo/v1/management/agents')).status, 200)
  const { id = '' } = ((await ask(by, 'GET', '/ops/api/passkeys')).data as { data: { id: string }[] }).data[0] ?? {}
  await ask(by, 'DELETE', `/ops/api/passkeys/${id}`)
  await require([])
})

test('one that requires an authenticator is open to who has shown a code of it', async () => {
  await require(['authenticator'])
  const { by } = await byPassword()
  assert.deepEqual((await by.session()).needs, ['authenticator'])
  const { secret } = (await ask(by, 'POST', '/ops/api/second-factor')).data as { secret: string }
  await ask(by, 'POST', '/ops/api/second-factor/confirm', { code: authenticatorCode(secret, clock.now()) })
  assert.deepEqual((await by.session()).needs, ['authenticator'], 'shown at the login')
  clock.shift(30_000)
  const code = authenticatorCode(secret, clock.now())
  const shown = await byPassword(by, { code })
  assert.deepEqual((await shown.by.session()).needs, [])
  clock.shift(30_000)
  await ask(by, 'POST', '/ops/api/second-factor/remove', { code: authenticatorCode(secret, clock.now()) })
  await require([])
})

const askForReset = (to: string) => ask(fresh(), 'POST', '/ops/api/password/reset', { email: to })
/** Of the newest mail, once there are so many. */
const mailed = (count: number) =>
  until(`mail ${count}`, async () => {
    if (mails.taken.length < count) return undefined
    const text = (mails.taken.at(-1)?.text ?? '').replace(/=\r?\n/g, '').replace(/=3D/g, '=')
    return /https:\/\/ops\.example\.com\/xem\/ops\/reset#([\w.-]+)/.exec(text)?.[1]
  })
const reset = async (token: string, to: string) =>
  ask(fresh(), 'POST', '/ops/api/password/reset/confirm', { token, password: to })

test('a forgotten password is set anew by a mail, once, and every session ends', async () => {
  clock.shift(16 * 60_000)
  const { by } = await byPassword()
  const asked = await askForReset('Owner@localhost')
  const unknown = await askForReset('nobody@localhost')
  assert.deepEqual([unknown.status, unknown.data], [asked.status, asked.data])
  const token = await mailed(1)
  assert.deepEqual(mails.taken[0]?.to, [email])
  assert.equal((await reset(token, 'short')).code, 'invalid_body')
  assert.equal((await reset(`${token.slice(0, -4)}AAAA`, 'another long password')).code, 'reset_invalid')
  const answers = await Promise.all([reset(token, 'another long password'), reset(token, 'a third long password')])
  assert.deepEqual(answers.map(({ code, status }) => code ?? status).sort(), [200, 'reset_invalid'])
  assert.equal((await reset(token, 'another long password')).code, 'reset_invalid')
  assert.equal((await ask(by, 'GET', '/ops/api/session')).status, 401)
  assert.equal((await byPassword()).came, 'login_failed')
  const { rows } = await system.router.core.store.pool.query('select body from deliveries where type = $1', [
    'password.reset',
  ])
  assert.equal(rows.length, 1)
  assert.doesNotMatch(JSON.stringify(rows), /eyJ/)
})

test('a link of a mail is good for half an hour, and nobody gets more than three in an hour', async () => {
  await askForReset(email)
  const late = await mailed(2)
  clock.shift(31 * 60_000)
  assert.equal((await reset(late, 'another long password')).code, 'reset_invalid')
  for (let n = 0; n < 4; n++) assert.equal((await askForReset(email)).status, 200)
  await mailed(3)
  clock.shift(3_600_000)
  await askForReset(email)
  await mailed(4)
  assert.equal(mails.taken.length, 4)
})
