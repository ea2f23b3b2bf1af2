// Whatever tools, callers and people write is text in every view, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { xssCorpus } from '@xerotier/devkit/xss-corpus.ts'
import type { Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, textOf } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
let failed: string
const all = xssCorpus.join(' ')

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
  const { client, router, projectId } = dashboard.system
  const { worker } = dashboard.sample
  const args = Object.fromEntries(xssCorpus.map((text, at) => [`${at}${text}`, text]))
  const submit = (tool: string) =>
    client.call('invocations.submit', {
      body: { workspace: 'kubernetes-prod', tool, args, reason: all.slice(0, 1900) },
    })
  await submit('kubectl_delete')
  const rejected = await submit('aws_terminate')
  await client.call('approvals.reject', {
    params: { id: rejected.approval_id! },
    body: { note: all.slice(0, 1900) },
  })
  const { id } = await submit('host_uptime')
  failed = id
  const call = await worker.agent.next('dispatch')
  const at = { execution_id: id, attempt: call.attempt, lease_epoch: call.lease_epoch }
  const lines = Buffer.from(xssCorpus.join('\n'))
  for (const [seq, stream] of (['stdout', 'stderr'] as const).entries()) {
    await worker.agent.send([{ t: 'output', ...at, seq, stream, at: Date.now(), data: lines }])
    await worker.agent.next('output_ack')
  }
  const error = { code: 'exit_code', message: all }
  await worker.answer(call, { outcome: 'failed', exit_code: 3, error, result: { [all]: xssCorpus } })
  await client.call('agents.pause', {
    params: { id: 'xem-jumphost-01' },
    body: { reason: all.slice(0, 400), incident: '<script>' },
  })
  await client.call('apiKeys.create', { body: { name: xssCorpus[0]!, scopes: ['execution'] } })
  const ann = await personForTests(router.core, projectId, 'ann')
  await client.call('members.update', { params: { id: ann.id }, body: { name: xssCorpus[1]! } })
})
after(() => dashboard?.close())

test('texts that would be programs are texts in every view', { skip }, async () => {
  const { data: agents } = await dashboard.system.client.call('agents.list', {})
  const views = [
    '',
    'operations',
    `operations/${failed}`,
    'fleet',
    'graph',
    'approvals',
    'agents',
    `agents/${agents.find(({ name }) => name === 'xem-jumphost-01')?.id}/workspaces`,
    'audit',
    'pauses',
    'people',
    'keys',
    `operations?tool=${encodeURIComponent(xssCorpus[0]!)}`,
    `audit?subject=${encodeURIComponent(xssCorpus[1]!)}`,
  ]
  page.on('dialog', (dialog) => {
    dashboard.complaints.push(dialog.message())
    void dialog.dismiss()
  })
  for (const path of views) {
    await page.goto(dashboard.address(path))
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' })
    const made = page
      .locator('#app')
      .locator('script, img, iframe, object, base, meta, math, form[action], a[href^="javascript"]')
    assert.equal(await made.count(), 0, path)
    assert.doesNotMatch(await page.title(), /owned/, path)
  }
  assert.deepEqual(dashboard.complaints, [])
})

test('they stand there to be read, in output, arguments, errors and reasons', { skip }, async () => {
  await page.goto(dashboard.address(`operations/${failed}`))
  const output = page.getByRole('region', { name: 'Standard output' })
  await output.waitFor()
  const [shown, args, whole] = await Promise.all([
    textOf(output),
    textOf(page.getByRole('region', { name: 'Arguments' })),
    textOf(page.getByRole('main')),
  ])
  for (const text of xssCorpus) {
    assert.ok(shown.includes(text), text)
    assert.ok(args.includes(JSON.stringify(text)), text)
    assert.ok(whole.includes(text), text)
  }
})
