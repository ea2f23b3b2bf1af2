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
    [`agents/${agents[0]?.id}/workspaces`, agents[0]?.name ?? ''],
    ['audit', 'Audit'],
    ['pauses', 'Pauses'],
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
    const wider = await page.evaluate(isTooWide)
    assert.equal(wider, false, `${heading} fits`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  assert.deepEqual(dashboard.complaints, [])
})
