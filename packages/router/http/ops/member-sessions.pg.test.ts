// Owners see who is logged in, and end it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { type PersonForTests, personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import { newId } from '../../domain/ids.ts'

const clock = shiftedClock()
let system: RouterForTests
let anna: PersonForTests

before(async () => {
  system = await startRouterForTests({ clock })
  anna = await personForTests(system.router.core, system.projectId, 'anna')
})
after(() => system.stop())

const codeOf = async (answer: Response) => ((await answer.json()) as { error?: { code: string } }).error?.code
const statusOf = async (browser: BrowserSession) => (await browser.send('GET', '/ops/api/session')).status

async function loggedIn(key: string): Promise<BrowserSession> {
  const browser = browserSession(system.router.url)
  const { token } = await system.clientWith(key).call('loginLinks.create')
  assert.equal((await browser.loginByLink(token)).status, 200)
  return browser
}

const password = 'correct horse battery'

/** Of somebody with a password, who may go to any of their projects. */
async function byPassword(email: string): Promise<BrowserSession> {
  const browser = browserSession(system.router.url)
  assert.equal((await browser.send('POST', '/ops/api/login', { email, password })).status, 200)
  await browser.session()
  return browser
}

/** Resolves when the router has ended it. */
async function streamOf(browser: BrowserSession): Promise<{ ended: Promise<unknown> }> {
  const answer = await browser.send('GET', '/ops/stream')
  assert.equal(answer.status, 200)
  return { ended: answer.text() }
}

test('an owner sees who looks at the project, and ends one: its stream ends, and the record says who did it', async () => {
  const { client } = system
  const browser = await loggedIn(anna.key)
  const other = await loggedIn(anna.key)
  const { data } = await client.call('sessions.list', { query: { member: anna.email } })
  assert.deepEqual(
    data.map(({ user_email, key_id, methods }) => [user_email, key_id, methods]),
    [1, 2].map(() => [anna.email, anna.keyId, ['link']]),
  )
  assert.ok(!JSON.stringify(data).includes('token'))
  const { id } = await browser.session()
  const stream = await streamOf(browser)
  const session = await client.call('sessions.end', { params: { id } })
  assert.equal(session.user_name, 'anna')
  await stream.ended
  assert.deepEqual([await statusOf(browser), await statusOf(other)], [401, 200])
  await assert.rejects(client.call('sessions.end', { params: { id } }), { code: 'session_not_found' })
  const { rows } = await system.router.core.store.pool.query(
    `select actor, data from events where kind = 'session.ended' order by seq desc limit 1`,
  )
  const whoami = await client.call('whoami.show')
  assert.deepEqual(rows[0], { actor: whoami.person?.id, data: { session_id: id, user_id: anna.id } })
})

test('whoever is no owner sees and ends nobody, whatever their scopes', async () => {
  const bob = await personForTests(system.router.core, system.projectId, 'bob', { scopes: ['execution', 'management'] })
  const browser = await loggedIn(bob.key)
  const { id } = await browser.session()
  for (const [method, path] of [
    ['GET', '/demo/v1/management/sessions'],
    ['DELETE', `/demo/v1/management/sessions/${id}`],
    ['DELETE', `/demo/v1/management/members/${bob.id}/sessions`],
  ] as const) {
    assert.equal(await codeOf(await browser.send(method, path)), 'scope_insufficient', path)
  }
  assert.equal(await statusOf(browser), 200)
})

test('all of a member are ended at once: what looks at another project goes on there, and comes back no more', async () => {
  const { core } = system.router
  const { db } = core.store
  const now = new Date(clock.now())
  const { id: owner } = (await system.client.call('whoami.show')).person ?? { id: '' }
  const second = newId('proj', now.getTime())
  await db.insertInto('projects').values({ id: second, slug: 'second', name: 'Second', created_at: now }).execute()
  const of = { user_id: owner, role: 'owner' as const, added_by: 'router', added_at: now }
  await db
    .insertInto('project_members')
    .values({ project_id: second, ...of })
    .execute()
  const first = browserSession(system.router.url)
  await first.loginByLink((await system.client.call('loginLinks.create')).token)
  assert.equal((await first.send('POST', '/ops/api/password', { password })).status, 200)
  const here = await byPassword('owner@localhost')
  const there = await byPassword('owner@localhost')
  assert.equal((await there.send('POST', '/ops/api/project', { project: 'second' })).status, 200)
  const listed = async () =>
    (await system.client.call('sessions.list', { query: { member: owner } })).data.map(({ id }) => id)
  assert.ok(!(await listed()).includes((await there.session()).id), 'where else somebody is, nobody here learns')

  clock.shift(1_000)
  const { ended } = await system.client.call('members.endSessions', { params: { id: 'owner@localhost' } })
  assert.equal(ended, 2)
  assert.deepEqual(await listed(), [])
  assert.deepEqual([await statusOf(first), await statusOf(here), await statusOf(there)], [401, 401, 200])
  assert.deepEqual(
    (await there.session()).projects.map(({ slug }) => slug),
    ['second'],
  )
  assert.equal(await codeOf(await there.send('POST', '/ops/api/project', { project: 'demo' })), 'cross_project_access')
  clock.shift(1_000)
  const again = await byPassword('owner@localhost')
  assert.equal((await again.send('GET', '/demo/v1/whoami')).status, 200)
  const { rows } = await core.store.pool.query(
    `select actor, data from events where kind = 'member.sessions_ended' and project_id = $1`,
    [system.projectId],
  )
  assert.deepEqual(rows, [{ actor: owner, data: { user_id: owner, ended: 2 } }])
})
