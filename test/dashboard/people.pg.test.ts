// People and their keys in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

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
