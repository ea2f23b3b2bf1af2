// Agents in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '@xerotier/router/domain/ids.ts'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
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

test('an agent is paused with what it touches said before, and resumed', { skip }, async () => {
  await page.goto(dashboard.address('fleet'))
  await page.getByRole('button', { name: 'Pause xem-jumphost-01' }).click()
  const dialog = page.getByRole('dialog', { name: 'Pause xem-jumphost-01' })
  await dialog.getByRole('region', { name: 'What it touches now' }).getByText('kubernetes-prod').waitFor()
  await dialog.getByLabel('Reason').fill('looks odd')
  assert.match(await textOf(dialog), /xeroctl agents pause-exec xem-jumphost-01 --reason 'looks odd'/)
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: 'Pause xem-jumphost-01 now' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Resume xem-jumphost-01' }).click()
  await page.getByRole('button', { name: 'Resume xem-jumphost-01 now' }).click()
  await page.getByRole('button', { name: 'Pause xem-jumphost-01' }).waitFor()
})

test('an open dialog goes on doing what it says when the agent is paused meanwhile', { skip }, async () => {
  await page.goto(dashboard.address('fleet'))
  await page.getByRole('button', { name: 'Pause xem-jumphost-01' }).click()
  await page.getByRole('button', { name: 'Pause xem-jumphost-01 now' }).waitFor()
  const { client } = dashboard.system
  const { data } = await client.call('agents.list', {})
  const { id } = data.find(({ name }) => name === 'xem-jumphost-01') ?? assert.fail()
  await client.call('agents.pause', { params: { id }, body: {} })
  // Behind the dialog, which hides it from who listens.
  await page.getByText('Resume', { exact: true }).waitFor({ state: 'attached' })
  assert.equal(await page.getByRole('button', { name: 'Resume xem-jumphost-01 now' }).count(), 0)
  await page.keyboard.press('Escape')
  await client.call('agents.resume', { params: { id }, body: {} })
})

test('a candidate is let in by who has looked at its key', { skip }, async () => {
  const { client, router } = dashboard.system
  const { id: join_key_id } = await client.call('joinKeys.create', {
    body: { name: 'asks', region: 'eu', require_approval: true },
  })
  const ask = async (name: string) => {
    const id = newId('cand', router.core.clock.now())
    const said = { name, hostname: '<b>host</b>', version: '0', curve_public_key: 'c'.repeat(40) }
    const { publicKey: signing_public_key } = newSigningKey()
    await router.core.store.db
      .insertInto('candidates')
      .values({
        ...said,
        ...{ id, project_id: dashboard.system.projectId, join_key_id, signing_public_key, state: 'pending' },
        requested_at: new Date(router.core.clock.now()),
      })
      .execute()
    return id
  }
  const friend = await ask('xem-friend')
  await page.goto(dashboard.address('agents'))
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Let xem-friend in' }).click()
  const letIn = dialog.getByRole('button', { name: 'Let xem-friend in' })
  assert.equal(await letIn.isDisabled(), true)
  assert.match(await textOf(dialog), /<b>host<\/b>.*xeroctl agents candidates approve cand_/s)
  assert.deepEqual(await violations(page), [])
  const { key_id } = await client.call('candidates.show', { params: { id: friend } })
  await dialog.getByRole('textbox', { name: /^Type .* to go on/ }).fill(key_id.slice(-6))
  await letIn.click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal((await client.call('candidates.show', { params: { id: friend } })).state, 'approved')
})

test('a join key is shown once, with the lines that use it', { skip }, async () => {
  await page.goto(dashboard.address('agents'))
  await page.getByRole('button', { name: 'Mint a join key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the agent').fill('xem-new')
  await dialog.getByLabel('Region').fill('eu')
  await dialog.getByRole('button', { name: 'Mint the key' }).click()
  await dialog.getByRole('heading', { name: 'The join key, shown this once' }).waitFor()
  const text = await textOf(dialog)
  assert.match(text, /xjk_[\w-]+\.[\w-]+\.[\w-]+/)
  for (const line of ['xerotier-xem-agent', 'systemctl', 'docker run']) assert.ok(text.includes(line), line)
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('cell', { name: 'xem-new', exact: true }).waitFor()
  assert.ok(!(await page.content()).includes('xjk_'))
})

test('the fleet is put in order by the age of keys, and what is not known comes first and says so', {
  skip,
}, async () => {
  const { pool } = dashboard.system.router.core.store
  await pool.query(`update agents set signing_key_since = signing_key_since - interval '40 days' where name = $1`, [
    'xem-jumphost-02',
  ])
  await pool.query('update agents set curve_key_since = null where name = $1', ['xem-jumphost-01'])
  await page.goto(dashboard.address('fleet'))
  const table = page.getByRole('table', { name: 'Fleet' })
  await table.getByRole('button', { name: 'Keys since' }).click()
  await page.waitForURL(/sort=keys/)
  const rows = table.getByRole('row')
  await rows.nth(1).getByRole('link', { name: 'xem-jumphost-01' }).waitFor()
  assert.match(await textOf(rows.nth(1)), /unknown.*encrypts/)
  assert.match(await textOf(rows.nth(2)), /xem-jumphost-02.*40d ago.*signs/)
  assert.deepEqual(await violations(page), [])
  await table.getByRole('button', { name: 'Keys since' }).click()
  await page.waitForURL(/fleet$/)
})
