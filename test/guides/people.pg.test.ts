// The guide to people, as written: an owner and a new colleague, each at a computer of their own.
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { browserSession } from '@xerotier/devkit/browser-session.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { path, walkGuide } from './walk.ts'

const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
const away = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
let system: System

before(async () => {
  system = await startSystem()
  const agent = await system.addAgent({ env: { XEM_SHIPPED_BUNDLES: 'host' } })
  await system.addWorkspace('local-host', 'host', [agent])
})
after(async () => {
  await system?.stop()
  for (const folder of [home, away]) rmSync(folder, { recursive: true, force: true })
})

test('somebody is invited, comes in, is put into groups, decides for a while, stands in for an owner, and goes', async (t) => {
  const { client } = system
  const { id: projectId } = await client.call('project.show')
  const scopes = ['execution' as const, 'management' as const]
  const owner = await personForTests(system.router.router.core, projectId, 'olga', { role: 'owner', scopes })
  const baseUrl = `${client.origin}/demo/v1`
  const walk = walkGuide('people.md', {
    owner: {
      cwd: home,
      env: { PATH: path, HOME: home, XEROTIER_BASE_URL: baseUrl, XEROTIER_API_KEY: owner.key },
    },
    // No key and no configuration yet.
    member: { cwd: away, env: { PATH: path, HOME: away } },
  })
  t.after(() => walk.stop())
  Object.assign(walk.values, { 'base-url': baseUrl, email: 'anna@example.com', wid: 'local-host' })

  const invited = (await walk.run()).stdout
  assert.match(invited, /olga@example\.com/)
  assert.match(invited, /anna@example\.com +pending +member +sre/)
  copyFileSync(join(home, 'token.txt'), join(away, 'token.txt'))
  assert.match((await walk.run()).stdout, /Anna Ek/)
  assert.match(readFileSync(join(away, 'key.txt'), 'utf8'), /^xero_demo_[A-Za-z0-9_-]{43}\n$/)

  const grouped = (await walk.run()).stdout
  assert.match(grouped, /Anna Ek +anna@example\.com/)
  assert.match(grouped, /dba.*anna@example\.com/s)

  const body = { workspace: 'local-host', tool: 'host_process_kill', args: { pid: 4194000 } }
  walk.values['approval-id'] = (await client.call('invocations.submit', { body })).approval_id ?? ''
  assert.match((await walk.run()).stdout, /grant.*active/s)
  const decided = (await walk.run()).stdout
  assert.match(decided, /approved: host_process_kill in local-host/)
  const approval = await client.call('approvals.show', { params: { id: walk.values['approval-id'] } })
  assert.equal(approval.decided_by_name, 'Anna Ek')

  await walk.run()
  const { data } = await client.call('delegations.list', { query: { status: 'active' } })
  walk.values['delegation-id'] = data.find(({ kind }) => kind === 'handover')?.id ?? ''
  assert.match((await walk.run()).stdout, /handover.*ended/s)

  const browser = browserSession(client.origin)
  const key = readFileSync(join(away, 'key.txt'), 'utf8').trim()
  const made = await fetch(`${baseUrl}/login-links`, { method: 'POST', headers: { authorization: `Bearer ${key}` } })
  await browser.loginByLink(((await made.json()) as { token: string }).token)
  const loggedIn = (await walk.run()).stdout
  assert.match(loggedIn, /ses_\S+ +anna@example\.com/)
  assert.equal((await browser.send('GET', '/ops/api/session')).status, 401)

  const left = (await walk.run()).stdout
  assert.doesNotMatch(left.slice(left.lastIndexOf('EMAIL')), /anna@example\.com/)
  await walk.end()
  const gone = await fetch(`${baseUrl}/whoami`, {
    headers: { authorization: `Bearer ${key}` },
  })
  assert.equal(gone.status, 401)
})
