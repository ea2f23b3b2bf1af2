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
  await dialog.getByText('the program ended with exit code 3', { exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.goBack()
  assert.match(page.url(), /status=failed/)
})

test('a range of time is typed, stands in the address in UTC, and one that is none is refused in words', {
  skip,
}, async () => {
  await page.goto(dashboard.address('operations'))
  const table = page.getByRole('table', { name: 'Operations' })
  await table.waitFor()
  await page.getByRole('combobox', { name: 'Since' }).selectOption('from … until …')
  const until = page.getByLabel('Until')
  await until.fill('2020-01-01T10:00')
  await until.press('Enter')
  await page.waitForURL(/until=/)
  const asked = new URL(page.url()).searchParams.get('until') ?? ''
  assert.equal(Date.parse(asked), await page.evaluate(() => new Date('2020-01-01T10:00').getTime()))
  await page.getByText('No operation matches these filters').waitFor()
  await page.getByLabel('From', { exact: true }).fill('2020-01-02T10:00')
  await page.getByLabel('From', { exact: true }).press('Enter')
  await page.getByText('It ends before it begins.').waitFor()
  assert.deepEqual(await violations(page), [])
  const inUntil = new Date(Date.now() + 86_400_000).toISOString()
  await page.goto(dashboard.address(`operations?since=${asked}&until=${inUntil}`))
  await table.waitFor()
  assert.equal(await page.getByLabel('From', { exact: true }).inputValue(), '2020-01-01T10:00')
  await page.getByText(`xeroctl exec list --until ${inUntil} --since ${asked}`).waitFor()
  await page.getByRole('combobox', { name: 'Since' }).selectOption('the last hour')
  await page.waitForURL(/since=1h$/)
  await table.waitFor()
  await page.goto(dashboard.address('operations?since=yesterday'))
  await page.getByText('invalid_request').waitFor()
})

test('a call that runs shows what it writes while it writes, and then how it ended', { skip }, async () => {
  const { worker } = dashboard.sample
  const { id } = await dashboard.system.client.call('invocations.submit', {
    body: { workspace: 'kubernetes-prod', tool: 'host_uptime', args: {} },
  })
  const call = await worker.agent.next('dispatch')
  const at = { execution_id: id, attempt: call.attempt, lease_epoch: call.lease_epoch }
  await worker.agent.send([{ t: 'accepted', ...at, started_at: Date.now() }])
  const write = async (seq: number, text: string) => {
    const data = Buffer.from(text)
    await worker.agent.send([{ t: 'output', ...at, seq, stream: 'stdout', at: Date.now(), data }])
    await worker.agent.next('output_ack')
  }
  await page.goto(dashboard.address(`operations/${id}`))
  await page.getByText('It has written nothing yet.').waitFor()
  await write(0, 'first line\n\u001b[31mhalf a')
  const output = page.getByRole('region', { name: 'Standard output' })
  await output.getByText('first line').waitFor()
  await write(1, ` line\u001b[0m\n${'more\n'.repeat(3000)}the last line\n`)
  await output.getByText('the last line').waitFor()
  assert.ok((await output.getByText('more').count()) < 1000, 'only what can be seen is in the page')
  const find = page.getByRole('searchbox', { name: 'Find in the output: Standard output' })
  await find.fill('half a line')
  await output.locator('.ansi-31', { hasText: 'half a line' }).waitFor()
  await page.getByText('1 of 1', { exact: true }).waitFor()
  await worker.answer(call)
  await page.getByRole('status').getByText('completed', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Make the call again' }).waitFor()
  assert.deepEqual(await violations(page), [])
})

test('a page that a tool has left is shown in a frame in which nothing runs', { skip }, async () => {
  const query = { tool: 'host_service_restart', status: 'completed' }
  const { data } = await dashboard.system.client.call('executions.list', { query })
  await page.goto(dashboard.address(`operations/${data[0]?.id}`))
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'report.html' })
  const frame = dialog.locator('iframe')
  assert.equal(await frame.getAttribute('sandbox'), '')
  const shown = dialog.frameLocator('iframe')
  await shown.getByRole('heading', { name: 'Report' }).waitFor()
  assert.doesNotMatch(await page.title(), /owned/)
  assert.equal(await shown.locator('body').evaluate('origin'), 'null')
  await dialog.getByRole('button', { name: 'As a page' }).click()
  await dialog.getByRole('region', { name: 'report.html' }).getByText('<h1>Report</h1>').waitFor()
})
