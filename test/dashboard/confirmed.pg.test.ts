// Deciding on a phone, with one hand and a passkey, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import type { Locator, Page } from 'playwright-core'
import { authenticatorOf } from './authenticator.fixture.ts'
import { isTooWide, type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
/** Where passkeys are good. */
let address: string

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  const { client } = dashboard.system
  await client.call('project.update', { body: { allow_self_approval: true } })
  const context = await dashboard.browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  })
  context.setDefaultTimeout(browserPatienceMs)
  page = await context.newPage()
  page.on('pageerror', (error) => dashboard.complaints.push(error.message))
  await authenticatorOf(page)
  address = dashboard.address().replace('127.0.0.1', 'localhost')
  const { token } = await client.call('loginLinks.create')
  await page.goto(`${address}login#${token}`)
  await page.getByRole('button', { name: 'Log in with this link' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
after(() => dashboard?.close())

const list = () => page.getByRole('list', { name: 'Pending approvals' })
const open = async (nth: number) => {
  await list().getByRole('button').nth(nth).tap()
  await list()
    .locator(`li:nth-child(${nth + 1}) [aria-current="true"]`)
    .waitFor()
}
/** Presses it once it may be. */
const press = async (button: Locator) => {
  await button.and(page.locator('button:not([aria-disabled="true"]):not([disabled])')).waitFor()
  await button.tap()
}
/** Run in the page: what the approving button of each card, by its digest, was as it became so. */
const recordStates = `
  globalThis.states = []
  const look = () => {
    const card = [...document.querySelectorAll('article code')].find(({ title }) => title.length === 64)?.title
    const button = [...document.querySelectorAll('article button')].find(({ textContent }) => textContent.startsWith('Approve'))
    const state = button && card && card + ' ' + button.getAttribute('aria-disabled')
    if (state && state !== states.at(-1)) states.push(state)
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })`

test('with one hand: what is pressed is large enough, nothing is cut off, and each card is off at first', {
  skip,
}, async () => {
  await page.addInitScript(recordStates)
  await page.goto(`${address}approvals`)
  const card = page.getByRole('article')
  const approve = card.getByRole('button', { name: 'Approve', exact: true })
  await approve.waitFor()
  for (const button of [approve, card.getByRole('button', { name: 'Reject' }), list().getByRole('button').first()]) {
    const box = await button.boundingBox()
    assert.ok(box !== null && box.height >= 44 && box.width >= 44, `${JSON.stringify(box)}`)
  }
  assert.equal(await page.evaluate(isTooWide), false)
  const ready = approve.and(page.locator('button:not([aria-disabled="true"])'))
  await ready.waitFor()
  await open(1)
  await ready.waitFor()
  const states = (await page.evaluate('states')) as string[]
  const ids = [...new Set(states.map((state) => state.split(' ')[0]))]
  assert.equal(ids.length, 2)
  for (const id of ids) {
    const own = states.filter((state) => state.startsWith(`${id} `)).map((state) => state.split(' ')[1])
    assert.equal(own[0], 'true', `${id} is off first`)
  }
  assert.deepEqual(await violations(page), [])
})

test('a card whose content changes is off again for a moment', { skip }, async () => {
  let isOther = false
  const digest = 'f'.repeat(64)
  await page.route('**/exec/approvals?*', async (route) => {
    const answer = await route.fetch()
    const body = (await answer.json()) as { data: { digest: string }[] }
    const data = isOther ? body.data.map((one) => ({ ...one, digest })) : body.data
    await route.fulfill({ response: answer, json: { ...body, data } })
  })
  await page.goto(`${address}approvals`)
  const approve = page.getByRole('article').getByRole('button', { name: 'Approve', exact: true })
  const ready = approve.and(page.locator('button:not([aria-disabled="true"])'))
  await ready.waitFor()
  await page.evaluate('states.length = 0')
  isOther = true
  await page.getByRole('article').getByTitle(digest).waitFor()
  await ready.waitFor()
  const states = (await page.evaluate('states')) as string[]
  assert.deepEqual(
    states.map((state) => state.split(' ')[1]),
    ['true', 'false'],
  )
  await page.unroute('**/exec/approvals?*')
})

test('a passkey is added within a while of the login, and after that when somebody proves who they are', {
  skip,
}, async () => {
  await page.goto(`${address}account`)
  const add = async (name: string) => {
    await page.getByRole('button', { name: 'Add a passkey' }).tap()
    await page.getByRole('dialog').getByLabel('Name').fill(name)
    await page.getByRole('button', { name: 'Make the passkey' }).tap()
  }
  await add('my phone')
  await page.getByRole('dialog', { name: 'Recovery codes' }).waitFor()
  await page.goto(`${address}account`)
  await dashboard.system.router.core.store.pool.query(`update sessions set created_at = created_at - interval '1 hour'`)
  await page.getByRole('button', { name: 'Remove my phone' }).tap()
  await page.getByRole('button', { name: 'Remove the passkey my phone now' }).tap()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Prove that it is still you').waitFor()
  assert.deepEqual(await violations(page), [])
  assert.equal(await page.evaluate(isTooWide), false)
  await dialog.getByRole('button', { name: 'Use a passkey' }).tap()
  await page.getByRole('button', { name: 'Remove the passkey my phone now' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Remove my phone' }).waitFor()
})

test('a call is approved with a passkey by choice, and because the policy wants it', { skip }, async () => {
  const { client } = dashboard.system
  await page.goto(`${address}approvals`)
  await press(page.getByRole('article').getByRole('button', { name: 'Approve with a passkey' }))
  await dashboard.sample.worker.answer(await dashboard.sample.worker.agent.next('dispatch'))
  const { data } = await client.call('approvals.list', { query: { status: 'approved' } })
  assert.deepEqual(
    data.map(({ votes }) => votes.map(({ passkey, door }) => [passkey?.name, door])),
    [[['my phone', 'dashboard']]],
  )
  const document = { require_passkey: true, self_approval: 'any' as const }
  await client.call('policies.apply', {
    params: { policy: 'phones' },
    body: { workspace: 'kubernetes-prod', document },
  })
  const body = { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { name: 'by-passkey' } }
  const { approval_id: id } = await client.call('invocations.submit', { body })
  await page.goto(`${address}approvals?id=${id}`)
  const card = page.getByRole('article', { name: 'kubectl_delete' })
  await card.getByText('The policy wants a passkey for this').waitFor()
  assert.equal(await card.getByRole('button', { name: 'Approve', exact: true }).count(), 0)
  assert.ok((await textOf(card)).includes('by-passkey'))
  assert.deepEqual(await violations(page), [])
  assert.equal(await page.evaluate(isTooWide), false)
  await press(card.getByRole('button', { name: 'Approve with a passkey' }))
  await dashboard.sample.worker.answer(await dashboard.sample.worker.agent.next('dispatch'))
  const { votes } = await client.call('approvals.show', { params: { id: id! } })
  assert.deepEqual(votes[0]?.passkey?.name, 'my phone')
  assert.deepEqual(dashboard.complaints, [])
})
