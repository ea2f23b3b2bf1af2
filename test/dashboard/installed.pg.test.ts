// The dashboard as something that is installed on a phone, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { BrowserContext, Page } from 'playwright-core'
import { isTooWide, type OpenDashboard, openDashboard, skip, violations } from './open-dashboard.fixture.ts'
import { type ProxyBelow, proxyBelow } from './proxy-below.fixture.ts'

let dashboard: OpenDashboard
let proxy: ProxyBelow
let context: BrowserContext
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  proxy = await proxyBelow('/xem', dashboard.system.router.url)
  context = await dashboard.browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(browserPatienceMs)
  page = await context.newPage()
  const { token } = await dashboard.system.client.call('loginLinks.create')
  await page.goto(`${proxy.url}/ops/login#${token}`)
  await page.getByRole('button', { name: 'Log in with this link' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await workerRuns()
})
after(async () => {
  await dashboard?.close()
  proxy?.close()
})

const workerRuns = () =>
  until(
    'the worker has the page',
    async () => (await page.evaluate('navigator.serviceWorker.controller !== null')) || undefined,
    browserPatienceMs,
  )

test('a phone can install it, also below the path of a proxy', { skip }, async () => {
  const devtools = await context.newCDPSession(page)
  const { url, errors, data = '' } = await devtools.send('Page.getAppManifest')
  assert.deepEqual([url, errors], [`${proxy.url}/ops/manifest.webmanifest`, []])
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  // A context of a test is as private as a private window, in which nothing is installed.
  assert.deepEqual(
    installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
    [],
  )
  const manifest = JSON.parse(data) as { icons: { src: string; sizes: string; purpose: string }[]; scope: string }
  assert.equal(new URL(manifest.scope, url).href, `${proxy.url}/ops/`)
  assert.deepEqual(
    manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`),
    ['192x192 any', '512x512 any', '192x192 maskable', '512x512 maskable'],
  )
  for (const { src, sizes } of manifest.icons) {
    const icon = await fetch(new URL(src, url))
    assert.equal(icon.headers.get('content-type'), 'image/png')
    const bytes = Buffer.from(await icon.arrayBuffer())
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes)
  }
  const scope = await page.evaluate('navigator.serviceWorker.ready.then(({ scope }) => scope)')
  assert.equal(scope, `${proxy.url}/ops/`)
  const worker = await fetch(`${proxy.url}/ops/worker.js`)
  assert.deepEqual(
    ['content-type', 'cache-control', 'service-worker-allowed'].map((name) => worker.headers.get(name)),
    ['text/javascript; charset=utf-8', 'no-cache', './'],
  )
})

test('without the router it says since when it is offline, shows nothing old, and goes on by itself', {
  skip,
}, async () => {
  await page.goto(`${proxy.url}/ops/approvals`)
  await page.getByRole('list', { name: 'Pending approvals' }).waitFor()
  proxy.answers = false
  await page.reload()
  const offline = page.getByRole('alert')
  await offline.getByText('The router does not answer').waitFor()
  await offline.getByText(/^Offline since .*\d/).waitFor()
  assert.equal(await page.getByText('kubectl_delete').count(), 0)
  assert.equal(await page.evaluate(isTooWide), false)
  const found = await violations(page)
  proxy.answers = true
  assert.deepEqual(found, [])
  await page.getByRole('list', { name: 'Pending approvals' }).waitFor()
})

/** Run in the page: each entry of each cache, with its text. */
const cached = `(async () => {
  const entries = []
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) entries.push([request.url, await (await cache.match(request)).text()])
  }
  return entries
})()`

test('a phone keeps assets by their hashes and the empty page, and nothing of the API', { skip }, async () => {
  await page.goto(`${proxy.url}/ops/operations`)
  await page.getByRole('heading', { name: 'Operations' }).waitFor()
  const entries = (await page.evaluate(cached)) as [string, string][]
  const assets = `${proxy.url}/ops/assets/`
  const names = entries.map(([url]) => (url.startsWith(assets) ? url.slice(assets.length) : url))
  assert.ok(names.length > 10)
  assert.deepEqual(
    names.filter((name) => name !== '' && !/^[\w-]+-\w{8}\.(?:js|css|svg|png)$/.test(name)),
    [],
  )
  const [, shell = ''] = entries.find(([url]) => url === assets) ?? []
  const { token } = await dashboard.system.client.call('loginLinks.create')
  for (const secret of [token, 'csrf', 'kubernetes-prod', 'owner@localhost'])
    assert.equal(shell.includes(secret), false)
})

test('a newer router is told of under an open page, whose own parts are still there', { skip }, async () => {
  await page.goto(`${proxy.url}/ops/account`)
  await page.getByLabel('New password').fill('what is being typed')
  const from = /main-\w+\.js/.exec(await (await fetch(`${proxy.url}/ops/`)).text())?.[0] ?? ''
  proxy.renamed = { from, to: 'main-NEWERONE.js' }
  await page.evaluate('navigator.serviceWorker.ready.then((registration) => registration.update())')
  await page.getByText('The router has a newer version of this page.').waitFor()
  assert.equal(await page.getByLabel('New password').inputValue(), 'what is being typed')
  assert.deepEqual(await violations(page), [])
  const old = await page.evaluate(
    `caches.match('${proxy.url}/ops/assets/${from}').then((found) => found !== undefined)`,
  )
  assert.equal(old, true)
  await page.getByRole('button', { name: 'Load it' }).click()
  await page.getByText('The router has a newer version of this page.').waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'Account' }).waitFor()
  assert.ok((await page.content()).includes('main-NEWERONE.js'))
})
