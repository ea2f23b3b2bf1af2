import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authenticatorCode } from '@xerotier/devkit/authenticator.ts'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'

let clock: ShiftedClock
let system: RouterForTests
let browser: BrowserSession
let secret = ''
let recovery: string[]
const password = 'correct horse battery'

before(async () => {
  clock = shiftedClock()
  system = await startRouterForTests({ clock })
  browser = browserSession(system.router.url)
  await browser.loginByLink((await system.client.call('loginLinks.create')).token)
  await browser.send('POST', '/ops/api/password', { password })
})
after(() => system.stop())

const codeNow = () => authenticatorCode(secret, clock.now())

async function ask(method: string, path: string, body?: unknown) {
  const answer = await browser.send(method, `/ops/api/second-factor${path}`, body)
  const data = (await answer.json()) as Record<string, unknown> & { error?: { code: string } }
  return { status: answer.status, code: data.error?.code, data }
}

async function login(code?: string) {
  const fresh = browserSession(system.router.url)
  const answer = await fresh.send('POST', '/ops/api/login', { email: 'owner@localhost', password, code })
  const { error } = (await answer.json()) as { error?: { code: string } }
  return error?.code ?? answer.status
}

test('an authenticator counts once a code of it has come back', async () => {
  const begun = await ask('POST', '')
  secret = String(begun.data.secret)
  assert.match(String(begun.data.uri), new RegExp(`^otpauth://totp/.*secret=${secret}&`))
  assert.equal(await login(), 200)
  const first = secret
  secret = String((await ask('POST', '')).data.secret)
  assert.notEqual(secret, first)
  const wrong = await ask('POST', '/confirm', { code: '000000' === codeNow() ? '000001' : '000000' })
  assert.deepEqual([wrong.status, wrong.code], [401, 'login_failed'])
  const confirmed = await ask('POST', '/confirm', { code: codeNow() })
  recovery = confirmed.data.codes as string[]
  assert.equal(new Set(recovery).size, 10)
  assert.ok(recovery.every((one) => /^(?:[a-z2-7]{4}-){3}[a-z2-7]{4}$/.test(one)))
  assert.equal((await ask('POST', '')).code, 'second_factor_enabled')
  assert.deepEqual((await ask('GET', '')).data, { object: 'second_factor', enabled: true, recovery_codes_left: 10 })
})

test('then a password alone opens nothing, and no code opens twice', async () => {
  assert.equal(await login(), 'second_factor_required')
  assert.equal(await login(codeNow()), 'login_failed', 'the code that confirmed it was used')
  clock.shift(30_000)
  const code = codeNow()
  const answers = await Promise.all([login(code), login(code), login(code)])
  assert.deepEqual(answers.sort(), [200, 'login_failed', 'login_failed'])
  assert.equal(await login(code), 'login_failed')
})

test('a recovery code opens once, however it is typed', async () => {
  clock.shift(16 * 60_000)
  const [code = ''] = recovery
  assert.equal(await login(code.toUpperCase().replace('-', ' ')), 200)
  assert.equal(await login(code), 'login_failed')
  assert.equal((await ask('GET', '')).data.recovery_codes_left, 9)
  assert.equal(await login('aaaa-aaaa-aaaa-aaaa'), 'login_failed')
})

test('a link needs no code, and codes are guessed no more often than passwords', async () => {
  await browser.session()
  const fresh = browserSession(system.router.url)
  assert.equal((await fresh.loginByLink((await system.client.call('loginLinks.create')).token)).status, 200)
  const codes = new Set<unknown>()
  for (let n = 0; n < 12; n++) codes.add((await ask('POST', '/remove', { code: String(100_000 + n) })).code)
  assert.ok(codes.has('rate_limit_exceeded'))
  clock.shift(16 * 60_000)
})

test('it is removed with a code, and the log says who did what, without secrets', async () => {
  assert.equal((await ask('POST', '/remove', { code: 'nonsense' })).code, 'login_failed')
  assert.equal((await ask('POST', '/remove', { code: codeNow() })).data.enabled, false)
  assert.equal(await login(), 200)
  const { rows } = await system.router.core.store.pool.query(
    `select kind, actor, data from events where kind like 'second_factor.%' order by seq`,
  )
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['second_factor.added', 'second_factor.removed'],
  )
  assert.ok(rows.every(({ data }) => Object.keys(data).join() === 'user_id'))
  const left = await system.router.core.store.pool.query('select from recovery_codes')
  assert.equal(left.rowCount, 0)
})

test('who came by a key that somebody else has held sets none up', async () => {
  const cy = await personForTests(system.router.core, system.projectId, 'cy')
  const made = await system.client.call('apiKeys.create', {
    body: { name: 'for-cy', scopes: ['execution'], user: cy.email },
  })
  await browser.loginByLink((await system.clientWith(made.key).call('loginLinks.create')).token)
  assert.equal((await ask('POST', '')).code, 'key_of_another')
})
