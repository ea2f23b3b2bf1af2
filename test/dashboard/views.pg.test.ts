// Each tab of the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  isTooWide,
  type OpenDashboard,
  openDashboard,
  skip,
  titleBegins,
  violations,
} from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
})
after(() => dashboard?.close())

test('a link logs in, and its token is gone from the address', { skip }, async () => {
  assert.ok(!page.url().includes('xlgn_'))
  await titleBegins(page, '(3) Overview · demo')
})

test('each tab is there by its name, and nothing in it breaks or offends axe, in both themes', { skip }, async () => {
  const { data } = await dashboard.system.client.call('executions.list', {})
  const shown = data.find(({ stdout_bytes }) => stdout_bytes > 0)?.id
  const { data: agents } = await dashboard.system.client.call('agents.list', {})
  const views = [
    ['', 'Overview'],
    ['operations', 'Operations'],
    [`operations/${shown}`, 'Operation'],
    ['fleet', 'Fleet'],
    ['graph', 'Graph'],
    ['templates', 'Templates'],
    ['approvals', 'Approvals'],
    ['agents', 'Agents'],
    [`agents/${agents[0]?.id}`, agents[0]?.name ?? ''],
    [`agents/${agents[0]?.id}/workspaces`, agents[0]?.name ?? ''],
    ['policies', 'Approval policies'],
    ['audit', 'Audit'],
    ['pauses', 'Pauses'],
    ['people', 'People'],
    ['keys', 'API keys'],
    ['notifications', 'Notifications'],
    ['exports', 'Exports'],
    ['legal-holds', 'Legal holds'],
    ['account', 'Account'],
    ['nowhere', 'There is no such page'],
  ] as const
  for (const [path, heading] of views) {
    // As by a link: to load the whole page anew each time takes long.
    await page.evaluate(`history.pushState({}, '', ${JSON.stringify(dashboard.address(path))})`)
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
    await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' })
    // The themes differ in their colours alone.
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    assert.deepEqual(await violations(page), [], heading)
    await page.emulateMedia({ colorScheme: 'dark' })
    assert.deepEqual(await violations(page, ['color-contrast']), [], `${heading}, dark`)
    assert.equal(await page.evaluate(isTooWide), false, `${heading} fits`)
    await page.setViewportSize({ width: 390, height: 844 })
    assert.equal(await page.evaluate(isTooWide), false, `${heading} fits on a phone`)
    await page.setViewportSize({ width: 1280, height: 900 })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  assert.deepEqual(dashboard.complaints, [])
})

test('a few letters lead to a view, an agent and an id, by keyboard alone', { skip }, async () => {
  await page.goto(dashboard.address(''))
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const go = async (letters: string, option: RegExp) => {
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: /A view, an agent/ })
    await field.fill(letters)
    await page.getByRole('option', { name: option, selected: true }).waitFor()
    return field
  }
  await go('jumphost-01', /xem-jumphost-01 agent/)
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'xem-jumphost-01' }).waitFor()
  const { data } = await dashboard.system.client.call('executions.list', {})
  await go(data[0]?.id ?? '', /The operation/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Operation' }).waitFor()
  assert.ok(page.url().endsWith(`operations/${data[0]?.id}`))
  await go('over', /Overview view/)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})
