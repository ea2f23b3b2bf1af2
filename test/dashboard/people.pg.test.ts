// People and their keys in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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
