// Calls in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hostile } from '@xerotier/devkit/dashboard-sample.ts'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
})
after(() => dashboard?.close())

test('what tools and callers wrote is shown and not obeyed', { skip }, async () => {
  const { data } = await dashboard.system.client.call('executions.list', {})
  const id = data.find(({ stdout_bytes, state }) => stdout_bytes > 0 && state === 'completed')?.id
  await page.goto(dashboard.address(`operations/${id}`))
  const output = page.getByRole('region', { name: 'Standard output' })
  await output.waitFor()
  const text = await textOf(output)
  assert.ok(text.includes(hostile), text)
  assert.ok(text.includes('right\\u202eleft') && !text.includes('\u202e') && !text.includes('\u001b'), text)
  assert.equal(await textOf(output.locator('.ansi-32')), 'ok')
  assert.ok((await textOf(page.getByRole('region', { name: 'Arguments' }))).includes('<img src=x'))
  assert.equal(await page.locator('img, #app script').count(), 0)
  assert.doesNotMatch(await page.title(), /owned/)
})

test('filters stand in the address, and a row opens over the list by keyboard', { skip }, async () => {
  await page.goto(dashboard.address('operations'))
  await page.getByRole('combobox', { name: 'Status' }).selectOption('failed')
  await page.waitForURL(/status=failed/)
  const table = page.getByRole('table', { name: 'Operations' })
  await table.getByText('completed', { exact: true }).first().waitFor({ state: 'detached' })
  await table.getByText('failed', { exact: true }).waitFor()
  await table.getByRole('link', { name: 'host_service_restart' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Operation' })
  await dialog.getByText('the program ended with exit code 3').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.goBack()
  assert.match(page.url(), /status=failed/)
})
