import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserSession } from '@xerotier/devkit/browser-session.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { routeIds, routes } from '@xerotier/protocol/routes.ts'

let clock: ShiftedClock
let system: RouterForTests

before(async () => {
  clock = shiftedClock()
  system = await startRouterForTests({ clock })
})
after(() => system.stop())

const link = async (client = system.client) => (await client.call('loginLinks.create')).token
const codeOf = async (answer: Response) => ((await answer.json()) as { error?: { code: string } }).error?.code

async function loggedIn() {
  const browser = browserSession(system.router.url)
  assert.equal((await browser.loginByLink(await link())).status, 200)
  return browser
}

test('a link logs in once, with a cookie that no script reads and no other site sends along', async () => {
  const token = await link()
  const browser = browserSession(system.router.url)
  const answer = await browser.loginByLink(token)
  assert.match(
    answer.headers.getSetCookie()[0] ?? '',
    /^xerotier=xses_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
  )
  const session = await browser.session()
  assert.deepEqual(
    [session.person.email, session.project.slug, session.project.role],
    ['owner@localhost', 'demo', 'owner'],
  )
  const again = browserSession(system.router.url)
  const second = await again.loginByLink(token)
  assert.deepEqual([second.status, await codeOf(second)], [401, 'login_failed'])
  clock.shift(601_000)
  const late = await again.loginByLink('xlgn_'.padEnd(48, 'A'))
  assert.equal(late.status, 401)
})

test('a session calls the routes of programs as its person, by the door of the dashboard', async () => {
  const browser = await loggedIn()
  const whoami = await browser.send('GET', '/demo/v1/whoami')
  assert.equal(whoami.status, 200)
  const { person, door } = (await whoami.json()) as { person: { email: string }; door: string }
  assert.deepEqual([person.email, door], ['owner@localhost', 'dashboard'])
  assert.equal((await browser.send('GET', '/demo/v1/management/agents')).status, 200)
  assert.equal(await codeOf(await browser.send('GET', '/other/v1/whoami')), 'cross_project_access')
})

test('a cookie alone opens nothing, and neither does another site, whatever it sends', async () => {
  const browser = await loggedIn()
  const routes = [
    ['GET', '/demo/v1/whoami'],
    ['POST', '/demo/v1/management/join-keys'],
    ['POST', '/ops/api/logout'],
    ['GET', '/ops/api/sessions'],
    ['DELETE', '/ops/api/sessions/ses_x'],
    ['POST', '/ops/api/password'],
    ['POST', '/ops/api/project'],
    ['GET', '/ops/api/second-factor'],
    ['POST', '/ops/api/second-factor'],
    ['POST', '/ops/api/second-factor/confirm'],
    ['POST', '/ops/api/second-factor/remove'],
    ['GET', '/ops/api/passkeys'],
    ['POST', '/ops/api/passkeys'],
    ['POST', '/ops/api/passkeys/begin'],
    ['PATCH', '/ops/api/passkeys/psk_x'],
    ['DELETE', '/ops/api/passkeys/psk_x'],
  ] as const
  const other = await loggedIn()
  for (const [method, path] of routes) {
    const body = method === 'POST' ? { name: 'x', region: 'eu' } : undefined
    const refused = async (headers: Record<string, string>) =>
      assert.deepEqual(
        await browser.send(method, path, body, headers).then(async (answer) => [answer.status, await codeOf(answer)]),
        [403, 'csrf_refused'],
        `${method} ${path} ${JSON.stringify(headers)}`,
      )
    await refused({ 'x-csrf-token': '' })
    await refused({ 'x-csrf-token': other.csrf })
    await refused({ 'sec-fetch-site': 'cross-site' })
    await refused({ 'sec-fetch-site': 'same-site' })
  }
  const login = await browser.send(
    'POST',
    '/ops/api/login',
    { email: 'a@b', password: 'x' },
    { 'sec-fetch-site': 'cross-site' },
  )
  assert.equal(await codeOf(login), 'csrf_refused')
  const old = await fetch(`${system.router.url}/ops/api/session`, {
    headers: { cookie: browser.cookie ?? '', origin: 'https://evil.example' },
  })
  assert.equal(old.status, 403, 'a browser without Fetch Metadata names its origin')
})

test('no route that changes something takes a cookie without the token of its page', async () => {
  const browser = await loggedIn()
  const changing = routeIds.flatMap((id) => {
    const { method, path, auth } = routes[id] as Route
    const takesKeys = auth !== 'public' && auth !== 'agent'
    return method !== 'GET' && takesKeys ? [[method, path.replace(':project_id', 'demo').replace(/:\w+/g, 'x')]] : []
  })
  assert.ok(changing.length > 40)
  for (const [method = '', path = ''] of changing) {
    const body = method === 'DELETE' ? undefined : {}
    const answer = await browser.send(method, path, body, { 'x-csrf-token': '' })
    assert.deepEqual([answer.status, await codeOf(answer)], [403, 'csrf_refused'], `${method} ${path}`)
  }
})

test('a login ends the session that the browser held before, so that none can be planted', async () => {
  const browser = await loggedIn()
  const planted = browser.cookie
  assert.equal((await browser.loginByLink(await link())).status, 200)
  assert.notEqual(browser.cookie, planted)
  const attacker = browserSession(system.router.url)
  attacker.cookie = planted
  assert.equal((await attacker.send('GET', '/ops/api/session')).status, 401)
  attacker.cookie = 'xerotier=xses_'.padEnd(57, 'A')
  assert.equal((await attacker.send('GET', '/ops/api/session')).status, 401)
})

test('a session ends when nobody moves for half an hour, after twelve hours, and when it is revoked', async () => {
  const browser = await loggedIn()
  for (let hours = 0; hours < 11.5; hours += 0.4) {
    clock.shift(0.4 * 3_600_000)
    assert.equal((await browser.send('GET', '/ops/api/session')).status, 200, `${hours} h`)
  }
  clock.shift(0.4 * 3_600_000)
  assert.equal((await browser.send('GET', '/ops/api/session')).status, 401)

  const idle = await loggedIn()
  clock.shift(1_000_000)
  assert.equal((await idle.send('GET', '/ops/api/session', undefined, { 'x-ops-idle': 'true' })).status, 200)
  clock.shift(900_000)
  assert.equal(
    (await idle.send('GET', '/ops/api/session')).status,
    401,
    'what an idle page asks for keeps nothing alive',
  )

  const first = await loggedIn()
  const second = await loggedIn()
  const list = (await (await second.send('GET', '/ops/api/sessions')).json()) as {
    data: { id: string; this: boolean }[]
  }
  const others = list.data.filter((one) => !one.this)
  assert.equal(list.data.length - others.length, 1)
  const { id } = await first.session()
  assert.equal((await second.send('DELETE', `/ops/api/sessions/${id}`)).status, 200)
  assert.equal((await first.send('GET', '/demo/v1/whoami')).status, 401)
  assert.equal(await codeOf(await second.send('DELETE', `/ops/api/sessions/${id}`)), 'session_not_found')
  assert.equal((await second.send('POST', '/ops/api/logout', {})).status, 200)
  assert.equal((await second.send('GET', '/ops/api/session')).status, 401)
})

test('a session of a link may what its key may, and ends with the key and with the membership', async () => {
  const { core } = system.router
  const ann = await personForTests(core, system.projectId, 'ann')
  const browser = browserSession(system.router.url)
  await browser.loginByLink(await link(system.clientWith(ann.key)))
  assert.deepEqual((await browser.session()).scopes, ['execution'])
  assert.equal((await browser.send('GET', '/demo/v1/exec/approvals')).status, 200)
  assert.equal(await codeOf(await browser.send('GET', '/demo/v1/management/agents')), 'scope_insufficient')
  await system.client.call('apiKeys.revoke', { params: { id: ann.keyId } })
  assert.equal((await browser.send('GET', '/demo/v1/whoami')).status, 401)

  const bob = await personForTests(core, system.projectId, 'bob')
  await browser.loginByLink(await link(system.clientWith(bob.key)))
  assert.equal((await browser.send('GET', '/demo/v1/whoami')).status, 200)
  await system.client.call('members.remove', { params: { id: bob.id } })
  assert.equal((await browser.send('GET', '/demo/v1/whoami')).status, 401)
})

test('a password logs in, in any project of its person, and an unknown account is answered alike', async () => {
  const browser = await loggedIn()
  const short = await browser.send('POST', '/ops/api/password', { password: 'too short' })
  assert.equal(await codeOf(short), 'invalid_body')
  const others = await loggedIn()
  assert.equal((await browser.send('POST', '/ops/api/password', { password: 'correct horse battery' })).status, 200)
  assert.equal((await others.send('GET', '/ops/api/session')).status, 401, 'other sessions end')
  const wrong = await browser.send('POST', '/ops/api/password', { current: 'x', password: 'another long password' })
  assert.equal(await codeOf(wrong), 'login_failed')

  const fresh = browserSession(system.router.url)
  const tries = [
    { email: 'owner@localhost', password: 'wrong horse battery' },
    { email: 'nobody@localhost', password: 'correct horse battery' },
  ]
  const answers = await Promise.all(
    tries.map(async (login) => {
      const answer = await fresh.send('POST', '/ops/api/login', login)
      const { error } = (await answer.json()) as { error: { code: string; message: string } }
      return [answer.status, error.code, error.message]
    }),
  )
  assert.deepEqual(answers[0], answers[1])
  const right = await fresh.send('POST', '/ops/api/login', {
    email: 'Owner@localhost',
    password: 'correct horse battery',
  })
  assert.equal(right.status, 200)
  const session = await fresh.session()
  assert.deepEqual(session.scopes, ['inference', 'execution', 'management'])
  assert.equal((await fresh.send('GET', '/demo/v1/management/agents')).status, 200)
  const whoami = (await (await fresh.send('GET', '/demo/v1/whoami')).json()) as { key: null }
  assert.equal(whoami.key, null)
  const { rows } = await system.router.core.store.pool.query('select hash from passwords')
  assert.match(rows[0].hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('who guesses a password is told to wait, and the owner is not locked out elsewhere', async () => {
  const guessing = browserSession(system.router.url)
  const codes = new Set<string | undefined>()
  for (let n = 0; n < 12; n++) {
    codes.add(
      await codeOf(await guessing.send('POST', '/ops/api/login', { email: 'ann@example.com', password: `${n}` })),
    )
  }
  assert.deepEqual([...codes], ['login_failed', 'rate_limit_exceeded'])
  const owner = await guessing.send('POST', '/ops/api/login', {
    email: 'owner@localhost',
    password: 'correct horse battery',
  })
  assert.equal(owner.status, 200)
})

test('a key that somebody else has held sets no password, and a service key makes no link', async () => {
  const made = await system.client.call('apiKeys.create', { body: { name: 'service', scopes: ['management'] } })
  await assert.rejects(system.clientWith(made.key).call('loginLinks.create'), { code: 'person_required' })
  const cy = await personForTests(system.router.core, system.projectId, 'cy')
  const forCy = await system.client.call('apiKeys.create', {
    body: { name: 'for-cy', scopes: ['execution'], user: cy.email },
  })
  const browser = browserSession(system.router.url)
  await browser.loginByLink(await link(system.clientWith(forCy.key)))
  const refused = await browser.send('POST', '/ops/api/password', { password: 'correct horse battery' })
  assert.equal(await codeOf(refused), 'key_of_another')
})

test('what a page of the dashboard is answered says where it may load from, and leads nowhere else', async () => {
  const paths = ['/ops', '/ops/', '/ops/operations', '/ops//evil.example', '/ops/login?next=https://evil.example']
  for (const path of paths) {
    const answer = await fetch(`${system.router.url}${path}`, { redirect: 'manual' })
    assert.equal(answer.headers.get('location'), null, path)
    assert.equal(answer.status, 200, path)
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe|https?:|\*/)
    const text = await answer.text()
    assert.doesNotMatch(text, /<script>|onload=|https?:\/\//)
  }
})

test('no other page holds one of the dashboard in a frame, nor an asset, an error or the page of a link', async () => {
  const page = await (await fetch(`${system.router.url}/ops/`)).text()
  const files = [...page.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, file = '']) => `/ops/${file}`)
  assert.ok(files.length > 2, page)
  const asked: [method: string, path: string][] = [
    ...['/ops', '/ops/', '/ops/fleet', '/ops/a/b/c', '/ops/worker.js', ...files].map((path): [string, string] => [
      'GET',
      path,
    ]),
    ['GET', '/ops/assets/none.js'],
    ['GET', '/ops/assets/..%2f..%2findex.html'],
    ['GET', '/ops/api/none'],
    ['GET', '/ops/api/session'],
    ['POST', '/ops/api/login'],
    ['GET', '/ops/stream'],
    ['POST', '/ops'],
    ['PUT', '/ops/fleet'],
    ['GET', '/ops/approval/xapl_none'],
    ['POST', '/ops/approval/xapl_none'],
    ['GET', '/nowhere'],
  ]
  for (const [method, path] of asked) {
    const { headers } = await fetch(`${system.router.url}${path}`, { method, redirect: 'manual' })
    const what = `${method} ${path}`
    assert.equal(headers.get('x-frame-options'), 'DENY', what)
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, what)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', what)
    assert.equal(headers.get('location'), null, what)
  }
})

test('no redirect and no header is made of what an address holds', async () => {
  const lines = [
    '%0d%0aset-cookie:%20a=b',
    '%0D%0ALocation:%20https://evil.example',
    '%E5%98%8D%E5%98%8Aset-cookie:a=b',
  ]
  for (const one of lines)
    for (const path of [
      `/ops/${one}`,
      `/ops/login?next=${one}`,
      `/ops/assets/${one}`,
      `/ops/approval/${one}`,
      `/ops/api/${one}`,
    ]) {
      const answer = await fetch(`${system.router.url}${path}`, { redirect: 'manual' })
      assert.equal(answer.headers.get('set-cookie'), null, path)
      assert.equal(answer.headers.get('location'), null, path)
      assert.ok(answer.status === 200 || answer.status >= 400, path)
    }
})
