// A phone that is told by Web Push what waits, in a real browser. Its push service is a fake: what
// that has decrypted is handed to the worker as Chromium hands a message.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type Pushed, type PushServiceForTests, pushServiceForTests } from '@xerotier/devkit/push-service.ts'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { isTooWide, type OpenDashboard, openDashboard, skip, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let service: PushServiceForTests
let context: BrowserContext
let page: Page
let devtools: CDPSession

/** Run in the page: the router's own key is in what it says, as in that of a browser. */
const fakeSubscriptions = `
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
  const kept = (said) => said && {
    endpoint: said.endpoint,
    options: { applicationServerKey: bytes(said.key).buffer },
    toJSON: () => said,
    async unsubscribe() { sessionStorage.removeItem('fake-push') },
  }
  const now = () => kept(JSON.parse(sessionStorage.getItem('fake-push')))
  Object.assign(PushManager.prototype, {
    getSubscription: async () => now(),
    async subscribe({ applicationServerKey }) {
      sessionStorage.setItem('fake-push', JSON.stringify(await subscribeAtFake(applicationServerKey)))
      return now()
    },
  })`

before(async () => {
  if (skip !== false) return
  service = await pushServiceForTests()
  dashboard = await openDashboard({ settings: { privateTargets: true } })
  await dashboard.system.client.call('project.update', { body: { allow_self_approval: true } })
  context = await dashboard.browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(browserPatienceMs)
  page = await context.newPage()
  await page.exposeFunction('subscribeAtFake', (key: string) => service.subscribe('', key))
  // Chromium's own service is somewhere in the internet.
  await page.addInitScript(fakeSubscriptions)
  await dashboard.login(page)
  devtools = await context.newCDPSession(page)
})
after(async () => {
  await dashboard?.close()
  service?.close()
})

const heading = { name: 'Notifications on this device' }
const here = () => page.locator('section').filter({ has: page.getByRole('heading', heading) })
const account = () => page.goto(dashboard.address('account'))
const ask = async (n: number) => {
  const body = { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { n, secret: 'argument-5d2f' } }
  return (await dashboard.system.client.call('invocations.submit', { body })).approval_id ?? ''
}

/** As the push service of a browser does. */
async function handOver({ note }: Pushed): Promise<void> {
  const registered = new Promise<string>((resolve) =>
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [one] = registrations.filter(({ isDeleted }) => !isDeleted)
      if (one !== undefined) resolve(one.registrationId)
    }),
  )
  await devtools.send('ServiceWorker.enable')
  const origin = new URL(dashboard.address()).origin
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin,
    registrationId: await registered,
    data: JSON.stringify(note),
  })
  await devtools.send('ServiceWorker.disable')
}

interface Shown {
  title: string
  body: string
  tag: string
  path: string
}
const shown = async () =>
  (await page.evaluate(`navigator.serviceWorker.ready
    .then((registration) => registration.getNotifications())
    .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path })))`)) as Shown[]

/** Hands it over again every ten seconds: what comes to a worker that just ends is lost. */
async function untilShown(pushed: Pushed, isIt: (all: Shown[]) => boolean): Promise<Shown[]> {
  let handedOver = Number.NEGATIVE_INFINITY
  return until(
    `the notification ${pushed.note.title}`,
    async () => {
      if (performance.now() - handedOver > 10_000) {
        await handOver(pushed)
        handedOver = performance.now()
      }
      const all = await shown()
      return isIt(all) ? all : undefined
    },
    browserPatienceMs,
  )
}

test('a browser that forbids notifications is told where to allow them, and one that allows them is on', {
  skip,
}, async () => {
  await account()
  await here().getByText('Off', { exact: true }).waitFor()
  await here().getByRole('button', { name: 'Switch on' }).click()
  await here().getByText('Nothing was allowed').or(here().getByText('The browser does not allow it')).first().waitFor()
  assert.deepEqual(await violations(page), [])
  await context.grantPermissions(['notifications'], { origin: new URL(dashboard.address()).origin })
  await account()
  await here().getByRole('button', { name: 'Switch on' }).click()
  await here().getByText('On', { exact: true }).waitFor()
  await here().getByText('this one').waitFor()
  await here().getByRole('button', { name: 'Send a test' }).click()
  await here().getByText('The test was handed to the push service.').waitFor()
  assert.match((await service.next()).note.title, /test/i)
  assert.deepEqual(await violations(page), [])
  assert.equal(await page.evaluate(isTooWide), false)
})

test('what waits is shown without its arguments, and opens its card', { skip }, async () => {
  const id = await ask(1)
  const pushed = await service.next()
  assert.ok(!JSON.stringify(pushed.note).includes('argument-5d2f'))
  const [one] = await untilShown(pushed, (all) => all.length > 0)
  assert.equal(one?.title, 'Approval wanted: kubectl_delete in kubernetes-prod (destructive)')
  assert.match(one?.body ?? '', /^owner asks\nTo be decided until \d/)
  assert.equal(one?.tag, id)
  const [worker] = context.serviceWorkers()
  // A click of nobody: the worker does with it what it does with one.
  await worker?.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: the types of a worker
    const self = globalThis as any
    const [notification] = await self.registration.getNotifications()
    self.dispatchEvent(new self.NotificationEvent('notificationclick', { notification }))
  })
  await page.waitForURL((url) => url.pathname.endsWith('/approvals') && url.searchParams.get('id') === id)
  const card = page.getByRole('article', { name: 'kubectl_delete' })
  await card.getByText('argument-5d2f').waitFor()
  await card.getByRole('button', { name: 'Reject' }).click()
  const ended = await service.next()
  assert.deepEqual([ended.note.title, ended.note.tag], ['Rejected: kubectl_delete in kubernetes-prod', id])
  // One takes the place of the other.
  await untilShown(ended, (all) => all.length > 0 && all.every(({ title }) => title.startsWith('Rejected')))
})

test('a notification of a call that is over says so, and shows no other call in its place', { skip }, async () => {
  const id = await ask(2)
  const { note } = await service.next()
  await dashboard.system.client.call('approvals.reject', { params: { id }, body: {} })
  await service.next()
  await page.goto(dashboard.address(note.path))
  const over = page.getByRole('region', { name: 'It waits for nobody any more' })
  await over.getByText('by owner').waitFor()
  assert.equal(await page.getByRole('article').count(), 0)
  assert.deepEqual(await violations(page), [])
  await page.goto(dashboard.address(note.path.replace('project=demo', 'project=other')))
  await page.getByText('This is of the project other, which this session does not see.').waitFor()
  assert.equal(await page.evaluate(isTooWide), false)
})

test('switched off, the device is told nothing, and is gone from the list', { skip }, async () => {
  await account()
  await here().getByRole('button', { name: 'Switch off' }).click()
  await here().getByText('Off', { exact: true }).waitFor()
  const { data } = await dashboard.system.client.call('channels.list', {})
  assert.deepEqual(data, [])
})
