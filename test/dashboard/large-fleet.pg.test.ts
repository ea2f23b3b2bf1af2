// A thousand agents: the page holds those that can be seen, and what is begun in a row stays.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fillWithRows } from '@xerotier/devkit/many-rows.ts'
import type { Locator, Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
let table: Locator

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
  const { system } = dashboard
  await fillWithRows(system.database.url, system.projectId, 100)
  await page.goto(dashboard.address('fleet'))
  table = page.getByRole('table', { name: 'Fleet' })
  await table.waitFor()
})
after(() => dashboard?.close())

const scrolledTo = (top: string) => page.evaluate(`scrollTo({ top: ${top} })`)

test('only the rows that can be seen are in the page, and it says how many there are', { skip }, async () => {
  assert.equal(await table.getAttribute('aria-rowcount'), '1001')
  assert.ok((await table.getByRole('row').count()) < 60)
  assert.deepEqual(await violations(page), [])
  await scrolledTo('document.body.scrollHeight')
  await table.locator('[aria-rowindex="1001"]').waitFor()
  assert.ok((await table.getByRole('row').count()) < 60)
})

test('a dialog that was opened from a row stays when the row is out of sight', { skip }, async () => {
  await scrolledTo('0')
  const first = table.locator('[aria-rowindex="2"]')
  await first.getByRole('button', { name: /^Pause / }).click()
  const reason = page.getByRole('dialog').getByRole('textbox', { name: 'Reason' })
  await reason.fill('looks wrong')
  await scrolledTo('document.body.scrollHeight')
  await table.locator('[aria-rowindex="1001"]').waitFor()
  assert.equal(await reason.inputValue(), 'looks wrong')
})
