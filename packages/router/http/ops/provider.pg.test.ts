import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { freePort } from '@xerotier/devkit/free-port.ts'
import { type IdentityProviderForTests, identityProviderForTests } from '@xerotier/devkit/identity-provider.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'

const password = 'correct horse battery'
let clock: ShiftedClock
let provider: IdentityProviderForTests
let system: RouterForTests
let origin: string

before(async () => {
  clock = shiftedClock()
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  provider = await identityProviderForTests([`${origin}/ops/api/login/provider/callback`])
  const { issuer, clientId, clientSecret } = provider
  system = await startRouterForTests({
    clock,
    http: { port },
    identityProvider: { issuer, clientId, clientSecret, name: 'Example SSO', domains: ['example.com', 'localhost'] },
  })
})
after(async () => {
  await system.stop()
  await provider.close()
})

const verified = (sub: string, email: string) => ({ sub, email, email_verified: true, name: sub })

/** The way there: where the provider leads back to. */
async function wayBack(by: BrowserSession): Promise<string> {
  const begun = await by.send('POST', '/ops/api/login/provider', {})
  let { url } = (await begun.json()) as { url: string }
  const held = new Map<string, string>()
  while (!url.startsWith(origin)) {
    const cookie = [...held].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const one of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? []
      held.set(name, value)
    }
    const next = answer.headers.get('location')
    assert.ok(next !== null, `${url} ${answer.status} ${await answer.text()}`)
    url = new URL(next, url).href
  }
  return url.slice(origin.length)
}

/** As another site leads a browser here. */
async function comeBack(by: BrowserSession, path: string) {
  const way = by.cookie
  const answer = await by.send('GET', path, undefined, { 'sec-fetch-site': 'cross-site', cookie: way ?? '' })
  const session = answer.headers.getSetCookie().find((one) => /^xerotier=xses_/.test(one))
  if (session !== undefined) by.cookie = session.split(';')[0]
  const location = answer.headers.get('location') ?? ''
  return { status: answer.status, location, failed: /failed=(\w+)/.exec(location)?.[1], in: session !== undefined }
}

async function login(account: IdentityProviderForTests['account']) {
  provider.account = account
  const by = browserSession(system.router.url)
  const back = await comeBack(by, await wayBack(by))
  return { ...back, by }
}

test('who has a verified address that this router knows is in, and is known by subject from then on', async () => {
  const ann = await personForTests(system.router.core, system.projectId, 'ann')
  const first = await login(verified('a1', ann.email.toUpperCase()))
  assert.deepEqual([first.status, first.location, first.in], [303, '../../../login', true])
  const session = await first.by.session()
  assert.deepEqual([session.person.id, session.methods], [ann.id, ['provider']])
  const moved = await login({ sub: 'a1', email: 'ann.new@example.com', email_verified: false })
  assert.equal((await moved.by.session()).person.id, ann.id)
  assert.equal((await login(verified('a2', ann.email))).failed, 'provider_refused', 'the address of another account')
  await system.client.call('members.remove', { params: { id: ann.id } })
  assert.equal((await login(verified('a1', ann.email))).failed, 'provider_refused')
})

test('an address that is not verified, not of a domain, or of nobody opens nothing', async () => {
  const bob = await personForTests(system.router.core, system.projectId, 'bob')
  assert.equal((await login({ ...verified('b1', bob.email), email_verified: false })).failed, 'provider_refused')
  assert.equal((await login({ sub: 'b1' })).failed, 'provider_refused')
  assert.equal((await login(verified('b1', 'owner@localhost.evil.example'))).failed, 'provider_refused')
  assert.equal((await login(verified('b1', 'stranger@example.com'))).failed, 'provider_refused')
  assert.equal((await login(verified('b1', bob.email))).in, true)
})

test('an invitation is accepted by who shows its address', async () => {
  await system.client.call('invitations.create', { body: { email: 'dora@example.com', role: 'member' } })
  assert.equal((await login({ ...verified('d1', 'dora@example.com'), email_verified: false })).in, false)
  const dora = await login(verified('d1', 'dora@example.com'))
  const session = await dora.by.session()
  assert.deepEqual([session.person.email, session.project.role], ['dora@example.com', 'member'])
})

test('what another browser has begun, or what came back already, logs in nobody', async () => {
  provider.account = verified('o1', 'owner@localhost')
  const [victim, attacker] = [browserSession(system.router.url), browserSession(system.router.url)]
  const theirs = await wayBack(attacker)
  assert.equal((await comeBack(browserSession(system.router.url), theirs)).failed, 'provider_refused', 'no cookie')
  const own = await wayBack(victim)
  assert.equal((await comeBack(victim, theirs)).failed, 'provider_refused', 'the state of another')
  assert.equal((await comeBack(victim, own)).failed, 'provider_refused', 'the way back is taken')
  const good = browserSession(system.router.url)
  const path = await wayBack(good)
  const way = good.cookie
  assert.equal((await comeBack(good, path)).in, true)
  good.cookie = way
  assert.equal((await comeBack(good, path)).failed, 'provider_refused', 'a replay')
  const late = browserSession(system.router.url)
  const lateWay = await wayBack(late)
  clock.shift(601_000)
  assert.equal((await comeBack(late, lateWay)).failed, 'provider_refused')
  const denied = browserSession(system.router.url)
  await wayBack(denied)
  assert.equal(
    (await comeBack(denied, '/ops/api/login/provider/callback?error=access_denied')).failed,
    'provider_refused',
  )
})

test('a code that was put in, and a nonce, a state or a challenge that was changed are refused', async () => {
  provider.account = verified('o1', 'owner@localhost')
  const [victim, attacker] = [browserSession(system.router.url), browserSession(system.router.url)]
  const theirs = new URLSearchParams((await wayBack(attacker)).split('?')[1])
  const own = new URLSearchParams((await wayBack(victim)).split('?')[1])
  own.set('code', theirs.get('code') ?? '')
  assert.equal((await comeBack(victim, `/ops/api/login/provider/callback?${own}`)).failed, 'provider_refused', 'PKCE')
  for (const name of ['nonce', 'state', 'code_challenge']) {
    provider.tamper = (url) => url.replace(new RegExp(`([?&]${name}=)[^&]+`), `$1${'A'.repeat(43)}`)
    const by = browserSession(system.router.url)
    assert.equal((await comeBack(by, await wayBack(by))).failed, 'provider_refused', name)
  }
  provider.tamper = (url) => url
  assert.equal((await login(provider.account)).in, true)
})

test('the way in is named to strangers, and logging out leads to the provider', async () => {
  const by = browserSession(system.router.url)
  assert.deepEqual(await (await by.send('GET', '/ops/api/ways')).json(), {
    object: 'ways',
    provider: 'Example SSO',
    reset: false,
  })
  assert.equal((await by.send('POST', '/ops/api/login/provider', {}, { 'sec-fetch-site': 'cross-site' })).status, 403)
  const owner = await login(verified('o1', 'owner@localhost'))
  await owner.by.session()
  const { leave } = (await (await owner.by.send('POST', '/ops/api/logout', {})).json()) as { leave: string }
  assert.equal(new URL(leave).origin, provider.issuer)
  const { rows } = await system.router.core.store.pool.query(
    `select data from events where kind = 'provider_account.linked'`,
  )
  assert.ok(rows.length >= 4)
  assert.doesNotMatch(JSON.stringify(rows), /secret|code|token/)
  await owner.by.loginByLink((await system.client.call('loginLinks.create')).token)
  await owner.by.send('POST', '/ops/api/password', { password })
  const link = (await (await owner.by.send('POST', '/ops/api/logout', {})).json()) as { leave: null }
  assert.equal(link.leave, null)
})

test('a provider that is away is said to be so, and is asked again', async () => {
  const port = await freePort()
  await system.restart({
    identityProvider: { issuer: `http://127.0.0.1:${port}`, clientId: 'x', clientSecret: 'y'.repeat(16) },
  })
  const by = browserSession(system.router.url)
  const answer = await by.send('POST', '/ops/api/login/provider', {})
  assert.equal(answer.status, 503)
  assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'provider_unavailable')
})
