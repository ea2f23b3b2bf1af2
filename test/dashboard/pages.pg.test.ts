// What operators do in the pages of the dashboard besides its tabs' lists, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { Page } from 'playwright-core'
import { isTooWide, type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
})
after(() => dashboard?.close())

const go = (path: string) => page.goto(dashboard.address(path))

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
