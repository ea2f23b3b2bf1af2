// Logging in with a password and an authenticator, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authenticatorCode } from '@xerotier/devkit/authenticator.ts'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
let recovery = ''
const password = 'correct horse battery'

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
})
after(() => dashboard?.close())

test('a password and an authenticator are set up, and the recovery codes are shown once', { skip }, async () => {
  await page.goto(dashboard.address('account'))
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('The password is set.').waitFor()
  await page.getByRole('button', { name: 'Set up an authenticator' }).click()
  const dialog = page.getByRole('dialog')
  const shown = dialog.locator('code').first()
  await shown.waitFor()
  const secret = (await textOf(shown)).replaceAll(' ', '')
  assert.match((await dialog.getByRole('link').getAttribute('href')) ?? '', new RegExp(`^otpauth://.*${secret}`))
  assert.deepEqual(await violations(page), [])
  // Of the next half minute: good for a minute at least, however slow this machine is.
  await dialog.getByLabel('Code of the app').fill(authenticatorCode(secret, Date.now() + 30_000))
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('dialog', { name: 'Recovery codes, shown this once' }).waitFor()
  ;[recovery = ''] = (await textOf(dialog.locator('code').first())).split(' ')
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByText('10 recovery codes are left').waitFor()
})

test('whoever comes by password is asked for a code, and nothing typed is lost', { skip }, async () => {
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByLabel('E-mail').fill('owner@localhost')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  const code = page.getByLabel('Code')
  await code.waitFor()
  assert.deepEqual(await violations(page), [])
  await code.fill('nonsense')
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByText('The code is wrong, or it was used already.').waitFor()
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'owner@localhost')
  await code.fill(recovery)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
