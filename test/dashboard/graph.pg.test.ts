// The graph in the dashboard, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { largeTopology } from '../../scripts/dashboard/large-topology.ts'
import { isTooWide, type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
/** When there was the sample alone. */
let then = ''

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  page = dashboard.page
  then = (await dashboard.system.client.call('topology.show', { query: {} })).at
})
after(() => dashboard?.close())

const picture = () => page.getByRole('application', { name: 'Picture of the project' })

test('what a failure would touch is shown of what was chosen by keys, and it is paused from there', {
  skip,
}, async () => {
  await page.goto(dashboard.address('graph'))
  await picture().focus()
  // The approver, a workspace, and the agent that serves it.
  for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowRight')
  await page.getByText(/^agent, xem-jumphost-0/).waitFor()
  await page.keyboard.press('Enter')
  const chosen = page.getByRole('region', { name: 'agent', exact: true })
  await chosen.getByText(/^If xem-jumphost-0/).waitFor()
  await page.getByRole('searchbox', { name: 'Find in the graph' }).fill('jumphost-01')
  await page.keyboard.press('Enter')
  await chosen.getByText('If xem-jumphost-01 fails or is paused').waitFor()
  // The other one is paused.
  await chosen.getByText('4 stop').waitFor()
  assert.ok((await textOf(chosen)).includes('kubernetes-prod'))
  assert.match(page.url(), /id=agt_/)
  assert.deepEqual(await violations(page), [])
  await chosen.getByRole('button', { name: 'Pause xem-jumphost-01' }).click()
  await page.getByRole('button', { name: 'Pause xem-jumphost-01 now' }).click()
  await chosen.getByText('paused', { exact: true }).waitFor()
  await chosen.getByRole('button', { name: 'Resume xem-jumphost-01' }).click()
  await page.getByRole('button', { name: 'Resume xem-jumphost-01 now' }).click()
  await chosen.getByText('healthy', { exact: true }).waitFor()
  await picture().focus()
  await page.keyboard.press('Escape')
  await chosen.waitFor({ state: 'detached' })
})

test('the dialog of a pause stays when somebody else pauses the same, and says so', { skip }, async () => {
  const { client } = dashboard.system
  await page.goto(dashboard.address('graph?find=edge'))
  const { data } = await client.call('workspaces.list', {})
  const edge = data.find(({ name }) => name === 'edge') ?? assert.fail()
  await page.goto(dashboard.address(`graph?id=${edge.id}`))
  await page.getByRole('button', { name: 'Pause edge' }).click()
  const dialog = page.getByRole('dialog', { name: 'Pause edge' })
  await dialog.getByLabel('Reason').fill('half a reason')
  const pause = await client.call('pauses.create', { body: { workspace: 'edge' } })
  await dialog.getByText('Somebody else has paused it meanwhile.').waitFor()
  assert.equal(await dialog.getByLabel('Reason').inputValue(), 'half a reason')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Pause edge' }).waitFor({ state: 'detached' })
  await client.call('pauses.end', { params: { id: pause.id } })
})

test('the table tells the same, and leads to it', { skip }, async () => {
  const table = page.getByRole('region', { name: 'The same as a table' })
  const row = table.getByRole('row').filter({ has: page.getByText('kubectl_delete', { exact: true }) })
  assert.match(await textOf(row), /tool.*kubectl_delete.*destructive.*xem-jumphost-0[12], xem-jumphost-0[12]/)
  await page.getByRole('combobox', { name: 'What' }).selectOption('workspace')
  await table.getByText('kubectl_delete').waitFor({ state: 'detached' })
  assert.equal(await table.getByRole('row').count(), 3)
  await table.getByRole('button', { name: 'Show edge in the graph' }).click()
  await page.getByRole('region', { name: 'workspace', exact: true }).getByText('If edge fails').waitFor()
  await page.goBack()
})

test('what is otherwise than it was is marked and said, and a slider goes there', { skip }, async () => {
  const { client } = dashboard.system
  await client.call('workspaces.create', { body: { name: 'later' } })
  await client.call('workspaces.bind', { params: { id: 'later' }, body: { agent: 'xem-jumphost-01' } })
  await client.call('workspaces.unbind', { params: { id: 'edge', agent: 'xem-edge-berlin' } })
  await client.call('agents.delete', { params: { id: 'xem-edge-berlin' } })
  await page.goto(dashboard.address(`graph?at=${then}`))
  await page.getByText('2 differences').waitFor()
  await page.getByRole('button', { name: '+ later' }).waitFor()
  await page.getByRole('button', { name: '− xem-edge-berlin' }).click()
  await page.getByRole('region', { name: 'agent', exact: true }).getByText('It is not there any more.').waitFor()
  assert.deepEqual(await violations(page), [])
  const slider = page.getByRole('slider', { name: 'How far back to look' })
  assert.notEqual(await slider.getAttribute('aria-valuetext'), 'Now')
  await slider.focus()
  await page.keyboard.press('End')
  await page.waitForURL((url) => !url.searchParams.has('at'))
  await page.getByText('2 differences').waitFor({ state: 'detached' })
})

test('a thousand nodes are there, are found by name, and fit on a phone', { skip }, async () => {
  await page.route('**/management/topology*', (route) => route.fulfill({ json: largeTopology() }))
  await page.goto(dashboard.address('graph'))
  await picture().waitFor()
  await page.getByText('and 950 more').waitFor()
  const find = page.getByRole('searchbox', { name: 'Find in the graph' })
  await find.fill('xem-eu-north-102')
  await page.keyboard.press('Enter')
  await page.getByText('If xem-eu-north-102 fails or is paused').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  assert.equal(await page.evaluate(isTooWide), false)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.unroute('**/management/topology*')
  assert.deepEqual(
    dashboard.complaints.filter((one) => !/404/.test(one)),
    [],
  )
})
