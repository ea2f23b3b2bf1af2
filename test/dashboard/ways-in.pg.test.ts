// Coming in by an identity provider, again, another way, and by a mail; in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { freePort } from '@xerotier/devkit/free-port.ts'
import { type IdentityProviderForTests, identityProviderForTests } from '@xerotier/devkit/identity-provider.ts'
import { type MailServer, startMailServer } from '@xerotier/router/domain/notifications/mail-server.fixture.ts'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
let provider: IdentityProviderForTests
let mails: MailServer
const endings: (() => unknown)[] = []

before(async () => {
  if (skip !== false) return
  const port = await freePort()
  provider = await identityProviderForTests([`http://127.0.0.1:${port}/ops/api/login/provider/callback`])
  const { issuer, clientId, clientSecret } = provider
  const identityProvider = { issuer, clientId, clientSecret, name: 'Example SSO' }
  mails = await startMailServer({ after: (end) => void endings.push(end as () => unknown) })
  const mail = { url: mails.url, from: 'xerotier@example.com' }
  dashboard = await openDashboard({ http: { port }, identityProvider, mail })
  page = dashboard.page
})
after(async () => {
  await dashboard?.close()
  await provider?.close()
  for (const end of endings) await end()
})

test('the identity provider logs in who it knows, and leads back to where they were going', { skip }, async () => {
  await dashboard.context.clearCookies()
  await page.goto(dashboard.address('fleet'))
  provider.account = { sub: 's', email: 'stranger@localhost', email_verified: true }
  await page.getByRole('button', { name: 'Log in with Example SSO' }).click()
  await page.getByRole('alert').getByText('The identity provider did not log you in').waitFor()
  assert.deepEqual(await violations(page), [])
  provider.account = { sub: 'o', email: 'owner@localhost', email_verified: true }
  await page.getByRole('button', { name: 'Log in with Example SSO' }).click()
  await page.getByRole('heading', { name: 'Fleet' }).waitFor()
})

test('a session that ends in the middle of a form loses nothing typed, and is taken up from another tab', {
  skip,
}, async () => {
  await page.goto(dashboard.address('account'))
  await page.getByLabel('New password').fill('what was typed here stays')
  const tab = await dashboard.context.newPage()
  await tab.goto(dashboard.address('account'))
  await tab.getByRole('button', { name: 'Log out' }).click()
  await tab.waitForURL((url) => !url.href.includes('/account'))
  // The stream has told it.
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  await page.getByRole('link', { name: /Log in with Example SSO in another tab/ }).waitFor()
  assert.deepEqual(await violations(page), [])
  await tab.goto(dashboard.address('login'))
  await tab.getByRole('button', { name: 'Log in with Example SSO' }).click()
  await tab.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.evaluate(`dispatchEvent(new Event('focus'))`)
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('New password').inputValue(), 'what was typed here stays')
  await tab.close()
})

test('a project that requires a passkey is shown to nobody who came otherwise, and leads them there', {
  skip,
}, async () => {
  const { client } = dashboard.system
  await client.call('project.update', { body: { required_login: ['passkey', 'provider'] } })
  await page.goto(dashboard.address('operations'))
  await page.getByRole('heading', { name: 'Fleet' }).waitFor({ state: 'detached' })
  await client.call('project.update', { body: { required_login: ['passkey'] } })
  await page.goto(dashboard.address('operations'))
  await page.getByRole('heading', { name: 'Log in another way' }).waitFor()
  await page.getByText('is open to who comes by passkey').waitFor()
  assert.equal(await page.getByRole('navigation').count(), 0)
  assert.deepEqual(await violations(page), [])
  await client.call('project.update', { body: { required_login: [] } })
})

test('a forgotten password is set anew by the link of a mail', { skip }, async () => {
  await page.goto(dashboard.address('account'))
  await page.getByRole('button', { name: 'Log out' }).click()
  // Who came by the provider logs out there too.
  await page.waitForURL((url) => url.href.startsWith(provider.issuer))
  await page.goto(dashboard.address('login'))
  await page.getByLabel('E-mail').fill('owner@localhost')
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByText('If there is such an account, a mail is on its way.').waitFor()
  assert.deepEqual(await violations(page), [])
  const link = await until(
    'the mail',
    async () => {
      const text = (mails.taken.at(-1)?.text ?? '').replace(/=\r?\n/g, '').replace(/=3D/g, '=')
      return /http:\/\/127\.0\.0\.1:\d+\/ops\/reset#[\w.-]+/.exec(text)?.[0]
    },
    browserPatienceMs,
  )
  await page.goto(link)
  await page.getByLabel('New password').fill('another long password')
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('The password is set, and your sessions have ended.').waitFor()
  await page.getByRole('link', { name: 'Log in' }).click()
  await page.getByLabel('Password').waitFor()
})
