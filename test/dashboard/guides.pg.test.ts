// What the operator guides 3, 4 and 5 tell somebody to do, done in the dashboard alone.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
  await dashboard.context.grantPermissions(['clipboard-read', 'clipboard-write'])
})
after(() => dashboard?.close())

const go = (path: string) => page.goto(dashboard.address(path))

test('guide 3: what waits is filtered, read, decided with a note, and found among the decisions', {
  skip,
}, async () => {
  const { client } = dashboard.system
  await go('approvals')
  await page.getByText('3 calls wait for a decision').waitFor()
  const filters = page.getByRole('search', { name: 'Filters' })
  await filters.getByRole('combobox', { name: 'Workspace' }).selectOption('kubernetes-prod')
  await filters.getByRole('combobox', { name: 'Risk' }).selectOption('destructive')
  await page.waitForURL(/risk=destructive/)
  await page.getByText('2 calls wait for a decision').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('list', { name: 'Pending approvals' }).getByText('kubectl_delete').first().click()
  const card = page.getByRole('article')
  assert.match(await textOf(card), /expires in.*Exactly what will run.*checkout-api.*Asked by.*Still needed/s)
  const asked = await client.call('invocations.submit', {
    body: { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { name: 'new-while-watched' } },
  })
  await page.getByText('3 calls wait for a decision').waitFor()
  await card.getByLabel('Note').fill('in the change window')
  await card.getByRole('button', { name: 'Reject' }).click()
  await page.getByText('2 calls wait for a decision').waitFor()
  const decided = page.getByRole('region', { name: 'Decided' })
  await decided.getByText('in the change window').waitFor()
  await client.call('approvals.reject', { params: { id: asked.approval_id ?? '' }, body: {} })
  // Whose policy it is, its timeouts, stages and delegations: pages.pg.test.ts.
  await go('policies')
  await page.getByRole('heading', { level: 1, name: 'Approval policies' }).waitFor()
})

test('guide 4: an alert leads to the failure, its output and records, and the agent is paused and resumed', {
  skip,
}, async () => {
  const { client } = dashboard.system
  await go('operations?workspace=kubernetes-prod&agent=xem-jumphost-01&status=failed')
  await page.getByRole('table', { name: 'Operations' }).getByRole('link', { name: 'host_service_restart' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('the program ended with exit code 3', { exact: true }).waitFor()
  await dialog.getByRole('region', { name: 'Standard output' }).getByText('restarting nginx').waitFor()
  await dialog.getByRole('button', { name: 'Show them' }).click()
  await dialog.getByText('execution.failed').first().waitFor()
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /A view, an agent/ }).fill('xem-jumphost-01')
  await page.getByRole('option', { name: /xem-jumphost-01 agent/ }).click()
  await page.getByRole('button', { name: 'Pause xem-jumphost-01' }).click()
  await dialog.getByText('What it touches now').waitFor()
  await dialog.getByText(/kubernetes-prod: /).waitFor()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('wrong output')
  await dialog.getByRole('textbox', { name: 'Incident' }).fill('INC-42')
  assert.match(
    await textOf(dialog),
    /xeroctl agents pause-exec xem-jumphost-01 --reason 'wrong output' --incident INC-42/,
  )
  await dialog.getByRole('button', { name: 'Pause xem-jumphost-01 now' }).click()
  await dialog.waitFor({ state: 'detached' })
  const paused = await client.call('agents.show', { params: { id: 'xem-jumphost-01' } })
  assert.deepEqual([paused.health, paused.paused[0]?.incident], ['paused', 'INC-42'])
  await page.getByRole('button', { name: 'Resume xem-jumphost-01' }).click()
  await dialog.getByRole('button', { name: 'Resume xem-jumphost-01 now' }).click()
  await dialog.waitFor({ state: 'detached' })

  // The cluster itself is ill: the whole workspace is paused.
  await go('pauses?do=create')
  await dialog.getByRole('combobox', { name: 'What' }).selectOption('workspace')
  await dialog.getByRole('combobox', { name: 'Workspace' }).selectOption('kubernetes-prod')
  await dialog.getByRole('button', { name: 'See what that touches' }).click()
  await dialog.getByText('What it touches now').waitFor()
  await dialog.getByRole('button', { name: 'Pause kubernetes-prod now' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Resume kubernetes-prod' }).click()
  await dialog.getByRole('button', { name: 'Resume kubernetes-prod' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { data } = await client.call('pauses.list', { query: { workspace: 'kubernetes-prod' } })
  assert.deepEqual(data, [])
})

test('guide 5: an invocation is found by its id and told in full, and its output and record are kept', {
  skip,
}, async () => {
  await go('operations?tool=host_service_restart&status=completed')
  const row = page.getByRole('table', { name: 'Operations' }).getByRole('row').nth(1)
  await row.getByRole('button', { name: 'Copy Invocation' }).click()
  const id = await page.evaluate<string>('navigator.clipboard.readText()')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /A view, an agent/ }).fill(id)
  await page.getByRole('option', { name: /The operation/ }).click()
  await page.getByRole('heading', { level: 1, name: 'Operation' }).waitFor()
  for (const part of ['States', 'Where the time went', 'Artifacts', 'Why it went so'])
    await page.getByRole('heading', { name: part }).waitFor()
  const output = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download', exact: true }).first().click()
  assert.match(readFileSync(await (await output).path(), 'utf8'), /checks passed/)
  const record = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as JSON' }).click()
  const kept = JSON.parse(readFileSync(await (await record).path(), 'utf8'))
  assert.deepEqual([kept.id, kept.state], [id, 'completed'])
})

test('filters are kept by a name, for whoever saved them', { skip }, async () => {
  await go('operations?status=failed')
  await page.getByRole('button', { name: 'Save this view' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('what failed')
  await dialog.getByRole('button', { name: 'Save as what failed' }).click()
  await go('operations')
  const views = page.getByRole('navigation', { name: 'Saved views' })
  await views.getByRole('link', { name: 'what failed' }).click()
  await page.waitForURL(/status=failed/)
  assert.deepEqual(await violations(page), [])
  await views.getByRole('button', { name: 'Remove the view what failed' }).click()
  await views.getByRole('link', { name: 'what failed' }).waitFor({ state: 'detached' })
})
