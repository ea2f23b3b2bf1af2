import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { passkeyForTests } from '@xerotier/devkit/passkey.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { NewPasskey, ShownPasskey } from '@xerotier/protocol/api/passkeys.ts'

const origin = 'https://ops.example.com'
const password = 'correct horse battery'
let clock: ShiftedClock
let system: RouterForTests
let browser: BrowserSession
let codes: string[]
const phone = passkeyForTests(origin)

before(async () => {
  clock = shiftedClock()
  system = await startRouterForTests({ clock, publicUrl: `${origin}/xem` })
  browser = browserSession(system.router.url)
  await browser.loginByLink((await system.client.call('loginLinks.create')).token)
  await browser.send('POST', '/ops/api/password', { password })
})
after(() => system.stop())

interface Said {
  [name: string]: unknown
  error?: { code: string }
}

async function ask(by: BrowserSession, method: string, path: string, body?: unknown) {
  const answer = await by.send(method, `/ops/api/${path}`, body)
  const data = (await answer.json()) as Said
  return { status: answer.status, code: data.error?.code, data }
}

const askedToMake = async (by = browser) =>
  (await ask(by, 'POST', 'passkeys/begin')).data.options as Parameters<typeof phone.create>[0]
const askedToShow = async (by = browserSession(system.router.url)) =>
  (await ask(by, 'POST', 'login/passkey/begin')).data.options as Parameters<typeof phone.get>[0]
const add = (response: NewPasskey['response'], name = 'phone') =>
  ask(browser, 'POST', 'passkeys', { name, transports: ['internal'], response })
async function login(passkey: ShownPasskey, by = browserSession(system.router.url)) {
  const { status, code } = await ask(by, 'POST', 'login/passkey', { passkey })
  return code ?? status
}
async function withPassword(more: object) {
  const by = browserSession(system.router.url)
  const { status, code } = await ask(by, 'POST', 'login', { email: 'owner@localhost', password, ...more })
  return code ?? status
}

test('a passkey is made for the place that people reach, by who is verified, and its request is good once', async () => {
  const options = await askedToMake()
  assert.deepEqual(
    [options.rp.id, Buffer.from(options.user.id, 'base64url').toString().slice(0, 4)],
    ['ops.example.com', 'usr_'],
  )
  const unverified = Object.assign(passkeyForTests(origin), { verifies: false })
  assert.equal((await add(unverified.create(options))).code, 'passkey_refused')
  assert.equal((await add(phone.create(options))).code, 'passkey_refused', 'its challenge was taken')
  const elsewhere = passkeyForTests('https://ops.example.com.evil.example')
  assert.equal((await add(elsewhere.create(await askedToMake()))).code, 'passkey_refused')
  const otherHost = passkeyForTests(origin)
  assert.equal(
    (await add(otherHost.create({ ...(await askedToMake()), rp: { id: 'evil.example' } }))).code,
    'passkey_refused',
  )
  const other = browserSession(system.router.url)
  await other.loginByLink((await system.client.call('loginLinks.create')).token)
  assert.equal((await add(phone.create(await askedToMake(other)))).code, 'passkey_refused', 'of another session')
  const late = phone.create(await askedToMake())
  clock.shift(301_000)
  assert.equal((await add(late)).code, 'passkey_refused')

  const added = await add(phone.create(await askedToMake()))
  assert.equal(added.status, 200)
  codes = added.data.recovery_codes as string[]
  assert.equal(new Set(codes).size, 10, 'the first second step comes with recovery codes')
  assert.equal((await add(phone.create(await askedToMake()))).code, 'passkey_known')
  const spare = passkeyForTests(origin)
  assert.deepEqual((await add(spare.create(await askedToMake()), 'spare')).data.recovery_codes, [])
})

test('who shows it is in, without a name or a password, and what was shown is good once', async () => {
  const by = browserSession(system.router.url)
  const shown = phone.get(await askedToShow())
  assert.deepEqual(await Promise.all([login(shown, by), login(shown)]).then((all) => all.sort()), [
    200,
    'passkey_refused',
  ])
  assert.equal(await login(shown), 'passkey_refused')
  if (by.cookie === undefined) assert.equal(await login(phone.get(await askedToShow()), by), 200)
  const session = await by.session()
  assert.deepEqual([session.person.email, session.methods], ['owner@localhost', ['passkey']])
  assert.deepEqual(session.scopes, ['inference', 'execution', 'management'])
})

test('a passkey of another page, of an unknown authenticator, or of nobody verified opens nothing', async () => {
  const options = await askedToShow()
  assert.equal(await login(passkeyForTests(origin).get(options)), 'passkey_refused')
  phone.verifies = false
  assert.equal(await login(phone.get(await askedToShow())), 'passkey_refused')
  phone.verifies = true
  phone.origin = 'https://evil.example'
  assert.equal(await login(phone.get(await askedToShow())), 'passkey_refused')
  phone.origin = origin
  const { challenge } = await askedToMake()
  assert.equal(await login(phone.get({ challenge, rpId: 'ops.example.com' })), 'passkey_refused', 'asked to make one')
  assert.equal(await login(phone.get({ ...(await askedToShow()), challenge: 'AAAA' })), 'passkey_refused')
  const handle = phone.userHandle
  phone.userHandle = Buffer.from('usr_000000000000000000000000').toString('base64url')
  assert.equal(await login(phone.get(await askedToShow())), 'passkey_refused')
  phone.userHandle = handle
})

test('a counter that goes back is refused, and the owners read of the copy', async () => {
  clock.shift(16 * 60_000)
  await browser.loginByLink((await system.client.call('loginLinks.create')).token)
  assert.equal(await login(phone.get(await askedToShow())), 200)
  const { counter } = phone
  phone.counter = counter - 1
  assert.equal(await login(phone.get(await askedToShow())), 'passkey_refused', 'the same again')
  phone.counter = 0
  assert.equal(await login(phone.get(await askedToShow())), 'passkey_refused', 'it counted before')
  phone.counter = counter
  assert.equal(await login(phone.get(await askedToShow())), 200)
  const { rows } = await system.router.core.store.pool.query(`select data from events where kind = 'passkey.copied'`)
  assert.equal(rows.length, 2)
})

test('after a password it is a second step, and so is a recovery code', async () => {
  assert.equal(await withPassword({}), 'second_factor_required')
  assert.equal(await withPassword({ passkey: phone.get(await askedToShow()) }), 200)
  assert.equal(await withPassword({ code: codes[0] }), 200)
  assert.equal(await withPassword({ code: codes[0] }), 'login_failed')
  assert.equal(await withPassword({ code: '123456' }), 'login_failed')
  const ann = await personForTests(system.router.core, system.projectId, 'ann')
  const hers = browserSession(system.router.url)
  await hers.loginByLink((await system.clientWith(ann.key).call('loginLinks.create')).token)
  assert.equal((await ask(hers, 'POST', 'passkeys/begin')).code, undefined)
})

test('its person names it and removes it, nobody else does, and with the last the codes go', async () => {
  const list = async () => (await ask(browser, 'GET', 'passkeys')).data as { data: { id: string; name: string }[] }
  const [first, second] = (await list()).data
  assert.ok(first !== undefined && second !== undefined)
  assert.equal((await ask(browser, 'PATCH', `passkeys/${first.id}`, { name: 'My phone' })).data.name, 'My phone')
  assert.equal((await ask(browser, 'PATCH', `passkeys/${first.id}`, { name: '\u202e' })).code, 'invalid_body')
  const bob = await personForTests(system.router.core, system.projectId, 'bob')
  const his = browserSession(system.router.url)
  await his.loginByLink((await system.clientWith(bob.key).call('loginLinks.create')).token)
  assert.equal((await ask(his, 'DELETE', `passkeys/${first.id}`)).code, 'passkey_not_found')
  assert.equal((await ask(his, 'PATCH', `passkeys/${first.id}`, { name: 'x' })).code, 'passkey_not_found')
  for (const { id } of [first, second]) assert.equal((await ask(browser, 'DELETE', `passkeys/${id}`)).status, 200)
  assert.deepEqual((await list()).data, [])
  assert.equal(await login(phone.get(await askedToShow())), 'passkey_refused')
  assert.equal(await withPassword({}), 200, 'there is no second step any more')
  const left = await system.router.core.store.pool.query('select from recovery_codes')
  assert.equal(left.rowCount, 0)
})

test('who came by a key that somebody else has held makes none, and nobody where people come by an address', async () => {
  const cy = await personForTests(system.router.core, system.projectId, 'cy')
  const { key } = await system.client.call('apiKeys.create', {
    body: { name: 'for-cy', scopes: ['execution'], user: cy.email },
  })
  const theirs = browserSession(system.router.url)
  await theirs.loginByLink((await system.clientWith(key).call('loginLinks.create')).token)
  assert.equal((await ask(theirs, 'POST', 'passkeys/begin')).code, 'key_of_another')
  await system.restart({ publicUrl: 'http://192.0.2.7:7180' })
  assert.equal((await ask(browser, 'GET', 'passkeys')).data.origin, null)
  assert.equal((await ask(browser, 'POST', 'passkeys/begin')).code, 'passkeys_unavailable')
  const by = browserSession(system.router.url)
  assert.equal((await ask(by, 'POST', 'login/passkey/begin')).code, 'passkeys_unavailable')
})
