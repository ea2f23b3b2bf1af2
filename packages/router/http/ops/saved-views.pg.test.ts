import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BrowserSession, browserSession } from '@xerotier/devkit/browser-session.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { limits } from '@xerotier/protocol/limits.ts'

let system: RouterForTests
let owner: BrowserSession
let other: BrowserSession

before(async () => {
  system = await startRouterForTests()
  owner = browserSession(system.router.url)
  await owner.loginByLink((await system.client.call('loginLinks.create')).token)
  const person = await personForTests(system.router.core, system.projectId, 'ann', { scopes: ['execution'] })
  other = browserSession(system.router.url)
  await other.loginByLink((await system.clientWith(person.key).call('loginLinks.create')).token)
})
after(() => system.stop())

const failed = { page: 'operations', name: 'failed today', search: 'status=failed&since=24h' }

async function ask(who: BrowserSession, method: string, path = '', body?: unknown) {
  const answer = await who.send(method, `/ops/api/views${path}`, body)
  const { data, error } = (await answer.json()) as { data?: unknown[]; error?: { code: string } }
  return error?.code ?? data
}

test('a view is kept by its name for one person, changed under it, and removed', async () => {
  assert.deepEqual(await ask(owner, 'POST', '', failed), [failed])
  assert.deepEqual(await ask(other, 'GET'), [], 'nobody else has it')
  const changed = { ...failed, search: 'status=failed,timeout' }
  assert.deepEqual(await ask(owner, 'POST', '', changed), [changed])
  assert.deepEqual(await ask(owner, 'GET'), [changed])
  assert.deepEqual(await ask(owner, 'POST', '/remove', { page: 'operations', name: failed.name }), [])
})

test('a view is of a list that there is, small, and one of so many', async () => {
  assert.equal(await ask(owner, 'POST', '', { ...failed, page: 'elsewhere' }), 'invalid_body')
  assert.equal(await ask(owner, 'POST', '', { ...failed, search: 'x'.repeat(1_001) }), 'invalid_body')
  for (let n = 0; n < limits.savedViews; n++) await ask(owner, 'POST', '', { ...failed, name: `view ${n}` })
  assert.equal(await ask(owner, 'POST', '', { ...failed, name: 'one more' }), 'limit_reached')
  assert.equal(Array.isArray(await ask(owner, 'POST', '', { ...failed, name: 'view 1' })), true)
})
