// A thousand agents, two hundred approvals: the page holds those that can be seen, and what is
// begun in a row stays.
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

test('two hundred calls that wait are walked by keyboard, and few are in the page', { skip }, async () => {
  const { client } = dashboard.system
  const submit = (n: number) =>
    client.call('invocations.submit', {
      body: { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { many: n } },
    })
  await Promise.all(Array.from({ length: 200 }, (_, n) => submit(n)))
  await page.goto(dashboard.address('approvals'))
  const list = page.getByRole('list', { name: 'Pending approvals' })
  const current = list.locator('li:has([aria-current="true"])')
  await current.waitFor()
  const from = Number(await current.getAttribute('aria-posinset'))
  assert.ok(Number(await current.getAttribute('aria-setsize')) >= 200)
  for (let step = 0; step < 60; step++) await page.keyboard.press('j')
  const reached = list.locator(`li[aria-posinset="${from + 60}"]:has([aria-current="true"])`)
  await reached.waitFor()
  assert.ok((await list.getByRole('listitem').count()) < 60)
  const seen = await reached.evaluate((item) => {
    const [{ top, bottom }, box] = [item.getBoundingClientRect(), item.closest('div')!.getBoundingClientRect()]
    return top >= box.top - 1 && bottom <= box.bottom + 1
  })
  assert.ok(seen, 'the one that is looked at is in sight')
})
