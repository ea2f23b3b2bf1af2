// The stream in a real browser: one for its tabs, told when it is cut, over with the session.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip } from './open-dashboard.fixture.ts'
import { proxyBelow } from './proxy-below.fixture.ts'

let dashboard: OpenDashboard
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
})
after(() => dashboard?.close())

const ask = async (n: number) => {
  const body = { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { n } }
  return (await dashboard.system.client.call('invocations.submit', { body })).approval_id ?? ''
}
const inQueue = (one: Page, id: string) => one.locator(`li[data-key="${id}"]`)

test('what is asked for stands in the queue before the list is asked for, and goes with its decision', {
  skip,
}, async () => {
  await page.goto(dashboard.address('approvals'))
  await page.getByText('3 calls wait for a decision').waitFor()
  // The list is not answered any more: what comes now, the stream alone has brought.
  const lists = '**/approvals?*'
  await page.route(lists, () => undefined)
  const id = await ask(1)
  await inQueue(page, id).waitFor()
  await page.getByText('4 calls wait for a decision').waitFor()
  await dashboard.system.client.call('approvals.reject', { params: { id }, body: {} })
  await inQueue(page, id).waitFor({ state: 'detached' })
  await page.unroute(lists)
})

test('the tabs of a browser share one stream, and one of them goes on when the other is closed', { skip }, async () => {
  const streams: string[] = []
  dashboard.context.on('request', (request) => {
    if (request.url().endsWith('/ops/stream')) streams.push(request.url())
  })
  const other = await dashboard.context.newPage()
  await other.goto(dashboard.address('approvals'))
  await other.getByText('3 calls wait for a decision').waitFor()
  const first = await ask(2)
  await inQueue(other, first).waitFor()
  await inQueue(page, first).waitFor()
  assert.equal(streams.length, 0, 'the second tab has asked for none')
  await page.close()
  await until('the tab that is left to read', async () => (streams.length > 0 ? true : undefined), browserPatienceMs)
  page = other
  const second = await ask(3)
  await inQueue(page, second).waitFor()
  for (const id of [first, second]) await dashboard.system.client.call('approvals.reject', { params: { id }, body: {} })
  await page.getByText('3 calls wait for a decision').waitFor()
})

test('a router that is restarted is a stream that is cut: a banner says so, and it catches up', { skip }, async () => {
  await dashboard.system.router.stop()
  await page
    .getByRole('status')
    .getByText(/^Live updates are cut since/)
    .waitFor()
  await page.getByRole('heading', { level: 1, name: 'Approvals' }).waitFor()
  await dashboard.system.restart()
  await page.getByText(/^Live updates are cut since/).waitFor({ state: 'detached' })
  const { data } = await dashboard.system.client.call('approvals.list', {})
  const id = data[0]?.id ?? ''
  await inQueue(page, id).waitFor()
  await dashboard.system.client.call('approvals.reject', { params: { id }, body: {} })
  await inQueue(page, id).waitFor({ state: 'detached' })
})

test('a session that ends elsewhere is over here at once, and what stands there stays', { skip }, async () => {
  const { data } = await dashboard.system.client.call('approvals.list', {})
  await inQueue(page, data[0]?.id ?? '').waitFor()
  // By another browser of the same person.
  const elsewhere = await dashboard.browser.newContext()
  elsewhere.setDefaultTimeout(browserPatienceMs)
  const far = await elsewhere.newPage()
  await dashboard.login(far)
  await far.goto(dashboard.address('account'))
  await far
    .getByRole('button', { name: /^End the session of/ })
    .first()
    .click()
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  await inQueue(page, data[0]?.id ?? '').waitFor()
  await elsewhere.close()
})

test('behind a proxy that has put a path in front, a login, a link into it, and the stream work', {
  skip,
}, async () => {
  const proxy = await proxyBelow('/xem', dashboard.system.router.url)
  const context = await dashboard.browser.newContext()
  context.setDefaultTimeout(browserPatienceMs)
  try {
    const far = await context.newPage()
    const { token } = await dashboard.system.client.call('loginLinks.create')
    await far.goto(`${proxy.url}/ops/login#${token}`)
    await far.getByRole('button', { name: 'Log in with this link' }).click()
    await far.getByRole('heading', { name: 'Overview' }).waitFor()
    await far.getByRole('navigation').getByRole('link', { name: 'Approvals' }).click()
    await far.waitForURL(/\/xem\/ops\/approvals/)
    await far.reload()
    const { data } = await dashboard.system.client.call('approvals.list', {})
    const id = data[0]?.id ?? ''
    await inQueue(far, id).waitFor()
    await dashboard.system.client.call('approvals.reject', { params: { id }, body: {} })
    await inQueue(far, id).waitFor({ state: 'detached' })
  } finally {
    await context.close()
    proxy.close()
  }
})
