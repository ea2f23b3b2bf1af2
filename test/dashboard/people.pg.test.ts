// People and their keys in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { browserSession } from '@xerotier/devkit/browser-session.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { newId } from '@xerotier/router/domain/ids.ts'
import type { Page } from 'playwright-core'
import {
  isTooWide,
  type OpenDashboard,
  openDashboard,
  skip,
  textOf,
  titleBegins,
  violations,
} from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
  const { system } = dashboard
  await personForTests(system.router.core, system.projectId, 'anna')
  await personForTests(system.router.core, system.projectId, 'ben')
})
after(() => dashboard?.close())

test('an owner puts people into groups, delegates, invites and removes', { skip }, async () => {
  const { client } = dashboard.system
  await page.goto(dashboard.address('people'))
  await page.getByRole('button', { name: 'Create a group' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('sre')
  assert.match(await textOf(dialog), /xeroctl project groups create sre/)
  await dialog.getByRole('button', { name: 'Create a group' }).click()
  await page.getByRole('combobox', { name: 'Put somebody into sre' }).selectOption({ label: 'anna' })
  await page.getByRole('list', { name: 'In the group sre' }).getByText('anna').waitFor()

  await page.getByRole('button', { name: 'Delegate' }).click()
  await dialog.getByLabel('Who may decide').selectOption({ label: 'anna (anna@example.com)' })
  await dialog.getByRole('checkbox', { name: 'destructive' }).check()
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: 'Delegate' }).click()
  await page.getByText('anna may decide, by owner: destructive · every workspace').waitFor()

  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await dialog.getByLabel('E-mail').fill('cy@example.com')
  await dialog.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByRole('dialog', { name: 'The invitation of cy@example.com' }).waitFor()
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('cell', { name: 'cy@example.com', exact: true }).waitFor()

  await page.getByRole('button', { name: 'Remove: ben' }).click()
  await dialog.getByText('Their keys, groups and delegations').waitFor()
  await dialog.getByRole('button', { name: 'Remove ben now' }).click()
  await page.getByRole('button', { name: 'Remove: ben' }).waitFor({ state: 'detached' })
  const { data } = await client.call('members.list', {})
  assert.deepEqual(data.map(({ name }) => name).sort(), ['anna', 'owner'])
})

test('a key is made, shown once, rotated and revoked', { skip }, async () => {
  await page.goto(dashboard.address('keys?do=create'))
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('ci')
  await dialog.getByRole('button', { name: 'Create a key' }).click()
  await page.getByRole('dialog', { name: 'The key ci' }).waitFor()
  const [value = ''] = /xero_\S+/.exec(await textOf(dialog.locator('code').first())) ?? []
  assert.equal((await dashboard.system.clientWith(value).call('whoami.show')).key?.name, 'ci')
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: 'Rotate: ci' }).click()
  await dialog.getByRole('button', { name: 'Give ci a new value' }).click()
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  assert.ok(!(await page.content()).includes(value))
  await page.getByRole('button', { name: 'Revoke: ci' }).click()
  await dialog.getByRole('button', { name: 'Revoke ci now' }).click()
  await page.getByRole('button', { name: 'Revoke: ci' }).waitFor({ state: 'detached' })
  await assert.rejects(dashboard.system.clientWith(value).call('whoami.show'), { status: 401 })
})

test('an owner ends the session of somebody, whose page asks for a login at once, and then all of them', {
  skip,
}, async () => {
  const { system, browser } = dashboard
  const cleo = await personForTests(system.router.core, system.projectId, 'cleo')
  const open = async () => {
    const theirs = await (await browser.newContext()).newPage()
    theirs.setDefaultTimeout(browserPatienceMs)
    const { token } = await system.clientWith(cleo.key).call('loginLinks.create')
    await theirs.goto(dashboard.address(`login#${token}`))
    await theirs.getByRole('button', { name: 'Log in with this link' }).click()
    await theirs.getByRole('heading', { name: 'Overview' }).waitFor()
    return theirs
  }
  const first = await open()
  const pages = [await open(), await open()]
  await page.goto(dashboard.address('people'))
  const dialog = page.getByRole('dialog')
  const { data } = await system.client.call('sessions.list', { query: { member: cleo.email } })
  assert.equal(data.length, 3)
  const ends = page.getByRole('button', { name: /^End the session of cleo in/ })
  await ends.nth(2).click()
  assert.match(await textOf(dialog), /xeroctl project sessions end ses_/)
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: /^End the session of cleo in/ }).click()
  await first.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  await ends.nth(2).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'End all sessions of cleo' }).click()
  await dialog.getByRole('button', { name: 'End all sessions of cleo' }).click()
  await ends.first().waitFor({ state: 'detached' })
  for (const theirs of pages) await theirs.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
})

test('whoever is in two projects goes from one to the other in the header, by keyboard, also on a phone', {
  skip,
}, async () => {
  const { system, browser } = dashboard
  const { core } = system.router
  const { id: owner } = (await system.client.call('whoami.show')).person ?? { id: '' }
  const [second, now] = [newId('proj', core.clock.now()), new Date(core.clock.now())]
  const { db } = core.store
  await db
    .insertInto('projects')
    .values({ id: second, slug: 'a-project-with-quite-a-long-name', name: 'Second', created_at: now })
    .execute()
  const of = { project_id: second, user_id: owner, role: 'member' as const, added_by: 'router', added_at: now }
  await db.insertInto('project_members').values(of).execute()
  const first = browserSession(system.router.url)
  await first.loginByLink((await system.client.call('loginLinks.create')).token)
  const password = 'correct horse battery'
  assert.equal((await first.send('POST', '/ops/api/password', { password })).status, 200)

  const theirs = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  theirs.setDefaultTimeout(browserPatienceMs)
  await theirs.goto(dashboard.address('operations'))
  await theirs.getByLabel('E-mail').fill('owner@localhost')
  await theirs.getByLabel('Password').fill(password)
  await theirs.getByRole('button', { name: 'Log in', exact: true }).click()
  const project = theirs.getByRole('banner').getByRole('combobox', { name: 'Project' })
  await project.waitFor()
  await titleBegins(theirs, 'Operations · a-project')
  await project.focus()
  await theirs.keyboard.press('End')
  await titleBegins(theirs, '(3) Overview · demo')
  assert.equal(await project.inputValue(), 'demo')
  assert.equal(await theirs.evaluate(isTooWide), false)
  assert.deepEqual(await violations(theirs), [])

  await theirs.keyboard.press('Control+k')
  await theirs.getByRole('combobox', { name: /A view, an agent/ }).fill('project a-pro')
  await theirs.getByRole('option', { name: /Go to the project a-project-with/ }).waitFor()
  await theirs.keyboard.press('Enter')
  await titleBegins(theirs, 'Overview · a-project')
  assert.equal((await first.session()).projects.length, 1, 'a session of a key stays where its key is')
})
