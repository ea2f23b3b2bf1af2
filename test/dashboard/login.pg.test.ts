// Logging in with a password and an authenticator, and with passkeys, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authenticatorCode } from '@xerotier/devkit/authenticator.ts'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import type { Page } from 'playwright-core'
import { authenticatorOf } from './authenticator.fixture.ts'
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
  await dialog.getByRole('img', { name: 'The secret as a picture' }).waitFor()
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

test('a passkey is added at the only address where it is good, named, and logs in alone', { skip }, async () => {
  await page.goto(dashboard.address('account'))
  // Opened by its number, which browsers make no passkeys for.
  const right = page.getByRole('link', { name: /^http:\/\/localhost:\d+\/ops\/account$/ })
  await right.waitFor()
  assert.equal(await page.getByRole('button', { name: 'Add a passkey' }).count(), 0)
  const address = ((await right.getAttribute('href')) ?? '').replace('account', '')
  const context = await dashboard.browser.newContext({ viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(browserPatienceMs)
  const other = await context.newPage()
  other.on('pageerror', (error) => dashboard.complaints.push(error.message))
  const { debug, id } = await authenticatorOf(other)
  const { token } = await dashboard.system.client.call('loginLinks.create')
  await other.goto(`${address}login#${token}`)
  await other.getByRole('button', { name: 'Log in with this link' }).click()
  await other.getByRole('heading', { name: 'Overview' }).waitFor()
  await other.goto(`${address}account`)

  await debug.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false })
  await other.getByRole('button', { name: 'Add a passkey' }).click()
  await other.getByRole('dialog').getByLabel('Name').fill('my phone')
  await other.getByRole('button', { name: 'Make the passkey' }).click()
  await other.getByText('Nothing was shown. Try again when you are ready.').waitFor()
  assert.deepEqual(await violations(other), [])
  await debug.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true })
  await other.getByRole('button', { name: 'Make the passkey' }).click()
  await other.getByRole('button', { name: 'Rename my phone' }).click()
  await other.getByRole('dialog').getByLabel('Name').fill('my telephone')
  await other.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await other.getByRole('button', { name: 'Remove my telephone' }).waitFor()
  assert.deepEqual(await violations(other), [])

  await other.getByRole('button', { name: 'Log out' }).click()
  await other.getByRole('button', { name: 'Log in with a passkey' }).click()
  await other.getByRole('heading', { name: 'Overview' }).waitFor()

  await other.goto(`${address}account`)
  await other.getByRole('button', { name: 'Log out' }).click()
  await other.getByLabel('E-mail').fill('owner@localhost')
  await other.getByLabel('Password').fill(password)
  await other.getByRole('button', { name: 'Log in', exact: true }).click()
  await other.getByRole('button', { name: 'Use a passkey instead' }).click()
  await other.getByRole('heading', { name: 'Overview' }).waitFor()

  await other.goto(`${address}account`)
  await other.getByRole('button', { name: 'Remove my telephone' }).click()
  await other.getByRole('button', { name: 'Remove the passkey my telephone now' }).click()
  await other.getByText('You have none.').waitFor()
  await context.close()
  assert.deepEqual(dashboard.complaints, [])
})
