// What operators do in the pages of the dashboard besides its tabs' lists, in a real browser.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { Page } from 'playwright-core'
import { isTooWide, type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
let receiver: Server | undefined

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard({ settings: { privateTargets: true } })
  page = dashboard.page
})
after(async () => {
  receiver?.close()
  await dashboard?.close()
})

const go = (path: string) => page.goto(dashboard.address(path))

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** In both themes, and on a phone. */
async function looksRight(what: string): Promise<void> {
  assert.deepEqual(await violations(page), [], what)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  assert.deepEqual(await violations(page, ['color-contrast']), [], `${what}, dark`)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 390, height: 844 })
  assert.equal(await page.evaluate(isTooWide), false, `${what} fits on a phone`)
  await page.setViewportSize({ width: 1280, height: 900 })
}

async function workspaceId(): Promise<string> {
  const { data } = await dashboard.system.client.call('workspaces.list', {})
  return data.find(({ name }) => name === 'kubernetes-prod')?.id ?? ''
}

test('a policy is written with help, tried, run on past calls and saved, and then decides', { skip }, async () => {
  const { client } = dashboard.system
  await go(`workspaces/${await workspaceId()}?tab=policy`)
  await page.getByRole('button', { name: 'Write a policy for kubernetes-prod' }).click()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('restarts')
  const when = page.getByRole('textbox', { name: 'When' })
  await when.pressSequentially('to')
  await page.getByRole('option', { name: 'tool string' }).waitFor()
  await page.keyboard.press('Enter')
  await when.pressSequentially(' == "service_re')
  await page.getByRole('option', { name: 'host_service_restart tool' }).click()
  await when.pressSequentially('" && risk == 3')
  await page.getByText('no such overload: string == int').waitFor()
  const save = page.getByRole('button', { name: 'Review and save' })
  assert.equal(await save.getAttribute('aria-disabled'), 'true')
  await looksRight('a policy with a mistake')
  for (let n = 0; n < 13; n++) await when.press('Backspace')
  assert.equal(await when.inputValue(), 'tool == "host_service_restart"')
  await page.getByRole('button', { name: '+ Refuse, saying' }).click()
  await page.getByRole('textbox', { name: 'Refuse, saying' }).fill('Not at night.')
  await page.getByText('The router would accept it.').waitFor()

  await page.getByRole('tab', { name: 'Test', exact: true }).click()
  await page.getByRole('combobox', { name: 'Tool' }).fill('host_service_restart')
  await page.getByRole('button', { name: 'Try it' }).click()
  const outcome = page.getByRole('status', { name: 'Outcome' })
  await outcome.getByText('is refused').waitFor()
  assert.match(await textOf(outcome), /Not at night\..*matches.*restarts/s)
  await page.getByRole('tab', { name: 'Backtest' }).click()
  await page.getByRole('button', { name: 'Run it on past calls' }).click()
  await outcome.getByText('2 calls would go another way').waitFor()
  await looksRight('a policy that was tried')

  await save.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Calls that wait now').waitFor()
  await dialog.getByRole('textbox', { name: 'Why' }).fill('INC-42')
  assert.deepEqual(await violations(page), [])
  assert.match(await textOf(dialog), /xeroctl approvals policy apply -f kubernetes-prod\.json .*--note INC-42/)
  await dialog.getByRole('button', { name: 'Let this version of kubernetes-prod decide' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Version 1 decides').waitFor()
  const call = client.call('invocations.submit', {
    body: { workspace: 'kubernetes-prod', tool: 'host_service_restart', args: {} },
  })
  await assert.rejects(call, { code: 'policy_refused' })
})

test('an older version is compared and taken up, and who was not seen is not written over', { skip }, async () => {
  const { client } = dashboard.system
  const apply = (description: string) =>
    client.call('policies.apply', { params: { policy: 'kubernetes-prod' }, body: { document: { description } } })
  await apply('second')
  await go(`workspaces/${await workspaceId()}?tab=policy`)
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('button', { name: 'Compare 1' }).click()
  await page.getByRole('heading', { name: 'From version 1 to what stands in the editor' }).waitFor()
  await page.getByText('"second"').waitFor()
  await looksRight('versions of a policy')
  await page.getByRole('button', { name: 'Take up 1' }).click()
  assert.equal(await page.getByRole('textbox', { name: 'When' }).inputValue(), 'tool == "host_service_restart"')
  await page.getByText('The router would accept it.').waitFor()
  await apply('third, by somebody else')
  await page.getByRole('button', { name: 'Review and save' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('policy_conflict').first().waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  assert.equal(await page.getByRole('textbox', { name: 'When' }).inputValue(), 'tool == "host_service_restart"')
})

test('a webhook is added, sent a test and asked for its deliveries, and a delivery is sent again', {
  skip,
}, async () => {
  const received: string[] = []
  receiver = createServer((request, response) => {
    received.push(
      request.headers['x-xerotier-event'] === undefined ? 'event' : String(request.headers['x-xerotier-event']),
    )
    request.resume().on('end', () => response.writeHead(204).end())
  })
  const port = await listening(receiver)
  await go('notifications?do=create')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'URL' }).fill(`http://127.0.0.1:${port}/hook`)
  await dialog.getByRole('button', { name: 'Add a webhook' }).click()
  await dialog.getByText('Shown this once.').waitFor()
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: /Send a test to/ }).click()
  await page.getByText('It was taken (204).').waitFor()
  assert.equal(received.length, 1)
  await page.getByRole('link', { name: 'Its deliveries' }).click()
  await page.getByRole('cell', { name: 'delivered' }).waitFor()
  await looksRight('deliveries')
  await page.getByRole('button', { name: 'Send again: webhook.test' }).click()
  await dialog.getByRole('button', { name: 'Send again: webhook.test' }).click()
  await dialog.waitFor({ state: 'detached' })
  await until('the second delivery', () => Promise.resolve(received.length > 1 ? true : undefined))
})

test('an export is made, downloaded and deleted, and the project is held by typing its name', { skip }, async () => {
  await go('exports?do=create')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Export executions' }).click()
  await dialog.waitFor({ state: 'detached' })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the export of executions' }).click(),
  ])
  assert.match(download.suggestedFilename(), /^executions-exp_.*\.zip$/)
  await looksRight('exports')
  await page.getByRole('button', { name: 'Delete the export of executions' }).click()
  await dialog.getByRole('button', { name: 'Delete the export of executions' }).click()
  await page.getByText('No exports').waitFor()

  await go('legal-holds?do=create')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('audit')
  const hold = dialog.getByRole('button', { name: 'Hold the whole project' })
  assert.equal(await hold.isDisabled(), true)
  await dialog.getByRole('textbox', { name: 'Type demo to go on' }).fill('demo')
  await hold.click()
  await page.getByRole('button', { name: 'Release the whole project' }).click()
  await dialog.getByRole('button', { name: 'Release the whole project' }).click()
  await page.getByText('Nothing is held').waitFor()
})

test('what can be done to an agent says what follows, and what cannot be undone wants its name', { skip }, async () => {
  const { client } = dashboard.system
  await go('fleet')
  await page.getByRole('button', { name: 'What can be done to xem-edge-berlin' }).click()
  const dialog = page.getByRole('dialog')
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: 'Drain' }).click()
  await dialog.getByRole('button', { name: 'Drain xem-edge-berlin now' }).click()
  await dialog.getByText('Nothing runs at it.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Resume xem-edge-berlin' }).waitFor()
  await page.getByRole('button', { name: 'What can be done to xem-edge-berlin' }).click()
  await dialog.getByRole('button', { name: 'Revoke its credentials' }).click()
  const revoke = dialog.getByRole('button', { name: 'Revoke the credentials of xem-edge-berlin' })
  assert.equal(await revoke.isDisabled(), true)
  await dialog.getByRole('textbox', { name: 'Type xem-edge-berlin to go on' }).fill('xem-edge-berlin')
  await revoke.click()
  await dialog.waitFor({ state: 'detached' })
  const { id, state } = await client.call('agents.show', { params: { id: 'xem-edge-berlin' } })
  assert.equal(state, 'suspended')
  await go(`agents/${id}?tab=events`)
  await page.getByText('agent.enrolled').waitFor()
  await looksRight('events of an agent')
  await client.call('agents.pause', { params: { id: 'xem-jumphost-01' }, body: {} })
  await go('pauses')
  await page.getByRole('button', { name: 'Resume xem-jumphost-01' }).click()
  await dialog.getByRole('button', { name: 'Resume xem-jumphost-01' }).click()
  await dialog.waitFor({ state: 'detached' })
})

test('an agent is unbound from a workspace and bound again, with credentials of its own', { skip }, async () => {
  const { client } = dashboard.system
  const id = await workspaceId()
  await go(`workspaces/${id}`)
  await page.getByRole('button', { name: 'Unbind xem-jumphost-02 from kubernetes-prod' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Unbind xem-jumphost-02 from kubernetes-prod' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Bind an agent' }).click()
  await dialog.getByRole('combobox', { name: 'Agent' }).selectOption('xem-jumphost-02')
  await dialog.getByRole('textbox', { name: 'Credentials' }).fill('prod-admin')
  assert.match(
    await textOf(dialog),
    /workspaces bind kubernetes-prod --agent xem-jumphost-02 --credentials-ref prod-admin/,
  )
  await dialog.getByRole('button', { name: 'Bind xem-jumphost-02 to kubernetes-prod' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('cell', { name: 'prod-admin' }).waitFor()
  await looksRight('a workspace')
  const bound = await until('the binding', async () => {
    const { agents } = await client.call('workspaces.show', { params: { id } })
    return agents.find(({ credentials_ref }) => credentials_ref === 'prod-admin')
  })
  assert.equal(bound.agent, 'xem-jumphost-02')
  assert.deepEqual(
    dashboard.complaints.filter((one) => !/409|412/.test(one)),
    [],
  )
})
