// Approvals in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  isTooWide,
  type OpenDashboard,
  openDashboard,
  skip,
  textOf,
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

/** Run in the page: keeps what Approve was, each time that it became another. */
const recordApprove = `
  globalThis.approveStates = []
  new MutationObserver(() => {
    const button = [...document.querySelectorAll('article button')].find(({ textContent }) => textContent === 'Approve')
    const state = button?.getAttribute('aria-disabled')
    if (state && state !== approveStates.at(-1)) approveStates.push(state)
  }).observe(document, { subtree: true, childList: true, attributes: true })`

test('an approval is read, and then given by keyboard; not before it has stood there for a moment', {
  skip,
}, async () => {
  await page.addInitScript(recordApprove)
  await page.goto(dashboard.address('approvals'))
  const list = page.getByRole('list', { name: 'Pending approvals' })
  await list.getByRole('button').nth(2).waitFor()
  const card = page.getByRole('article', { name: 'kubectl_delete' })
  assert.ok((await textOf(card)).includes('checkout-api'))
  assert.ok((await textOf(card)).includes('<img src=x'))
  await page.setViewportSize({ width: 390, height: 844 })
  assert.equal(await page.evaluate(isTooWide), false)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.keyboard.press('j')
  await list.locator('li:nth-child(2) [aria-current="true"]').waitFor()
  await page.keyboard.press('k')
  await list.locator('li:nth-child(1) [aria-current="true"]').waitFor()
  await card.locator('button:not([aria-disabled="true"])', { hasText: 'Approve' }).waitFor()
  const states = await page.evaluate('approveStates')
  assert.deepEqual((states as string[]).slice(0, 2), ['true', 'false'], 'it is off first')
  await page.keyboard.press('a')
  await page.keyboard.press('Enter')
  const dispatch = await dashboard.sample.worker.agent.next('dispatch')
  await dashboard.sample.worker.answer(dispatch)
  const { data } = await dashboard.system.client.call('approvals.list', { query: { status: 'approved' } })
  assert.deepEqual(
    data.map(({ tool, decided_door, decided_by_name }) => [tool, decided_door, decided_by_name]),
    [['kubectl_delete', 'dashboard', 'owner']],
  )
  await page.getByText('2 calls wait for a decision').waitFor()
  await titleBegins(page, '(2)')
  // Of the other call of the same tool it says what is other than in this one.
  await page.getByRole('list', { name: 'Pending approvals' }).getByText('kubectl_delete').click()
  const changes = card.getByRole('region', { name: 'Compared with the last one that completed' })
  await changes.getByText('"checkout-api-7f9c"').waitFor()
  assert.ok((await textOf(changes)).includes('"deployment"'))
})

test('an irreversible call wants its name typed, on a phone too, and is rejected without', { skip }, async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(dashboard.address('approvals'))
  await page.getByRole('list', { name: 'Pending approvals' }).getByText('aws_terminate').click()
  const card = page.getByRole('article', { name: 'aws_terminate' })
  await card.getByLabel('Type aws_terminate to approve').fill('aws_term')
  const approve = card.getByRole('button', { name: 'Approve' })
  assert.equal(await approve.getAttribute('aria-disabled'), 'true')
  assert.deepEqual(await violations(page), [])
  assert.equal(await page.evaluate(isTooWide), false)
  await card.getByLabel('Note').fill('not tonight')
  await card.getByRole('button', { name: 'Reject' }).click()
  await page.getByText('1 call waits for a decision').waitFor()
  const { data } = await dashboard.system.client.call('approvals.list', { query: { status: 'rejected' } })
  assert.deepEqual(
    data.map(({ tool, note }) => [tool, note]),
    [['aws_terminate', 'not tonight']],
  )
  await page.setViewportSize({ width: 1280, height: 900 })
})

test('a call that is asked for appears by the stream, without anybody loading anything', { skip }, async () => {
  await page.goto(dashboard.address('approvals'))
  await page.getByText('1 call waits for a decision').waitFor()
  const { approval_id } = await dashboard.system.client.call('invocations.submit', {
    body: { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { name: 'by-the-stream' } },
  })
  await page.getByText('2 calls wait for a decision').waitFor()
  await dashboard.system.client.call('approvals.reject', { params: { id: approval_id! }, body: {} })
  await page.getByText('1 call waits for a decision').waitFor()
})

test('the last hundred decisions are shown, and all before them on demand', { skip }, async () => {
  const { pool } = dashboard.system.router.core.store
  const { rows } = await pool.query<{ id: string; execution_id: string }>(
    `select id, execution_id from approvals where state = 'rejected' order by id limit 1`,
  )
  const [like] = rows
  if (like === undefined) throw new Error('nothing was rejected')
  // Copies of one that was decided, long before it.
  const copies = (table: string, id: string, more: string) =>
    `insert into ${table} select (jsonb_populate_record(t, jsonb_build_object('id',
      '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')) || ${more})).*
     from ${table} as t, generate_series(1, 120) as n where t.id = '${id}'`
  const copyOf = `jsonb_build_object('execution_id', '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'),
    'note', 'copy ' || n)`
  const client = await pool.connect()
  try {
    await client.query('begin')
    // No triggers: they let nothing begin as decided.
    await client.query(`set local session_replication_role = 'replica'`)
    await client.query(copies('executions', like.execution_id, `jsonb_build_object('idempotency_key', null)`))
    await client.query(copies('approvals', like.id, copyOf))
    await client.query('commit')
  } finally {
    client.release()
  }
  await page.goto(dashboard.address('approvals'))
  const decided = page.getByRole('region', { name: 'Decided' })
  await decided.getByRole('row').nth(100).waitFor()
  assert.equal(await decided.getByRole('row').count(), 101, 'and its head')
  await page.getByRole('button', { name: 'Show more' }).click()
  await decided.getByText('copy 1', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
  const all = await decided.getByRole('row').count()
  assert.ok(all > 121, `${all}`)
  assert.deepEqual(await violations(page), [])
})

test('a session that ends is asked for again, and what was typed is still there', { skip }, async () => {
  await page.goto(dashboard.address('approvals'))
  await page.getByLabel('Note').fill('half a thought')
  const { core } = dashboard.system.router
  const { rows } = await core.store.pool.query(
    'update sessions set ended_at = now() where ended_at is null returning id',
  )
  for (const { id } of rows) core.sessions.ended(id)
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await dialog.waitFor()
  assert.equal(await page.getByLabel('Note').inputValue(), 'half a thought')
  await page.keyboard.press('Escape')
  assert.equal(await dialog.isVisible(), true)
})
