// What each role may use, view by view: a control that it may not is there, cannot be pressed, and
// says why; and the router refuses the same from whoever asks all the same.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import type { Locator, Page } from 'playwright-core'
import { type OpenDashboard, openDashboard, skip, textOf } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
/** Of the sample. */
const ids = { workspace: '', call: '', approval: '', agent: '' }

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  const { client } = dashboard.system
  const { data: workspaces } = await client.call('workspaces.list', {})
  ids.workspace = workspaces.find(({ name }) => name === 'kubernetes-prod')?.id ?? ''
  ids.agent = (await client.call('agents.show', { params: { id: 'xem-jumphost-01' } })).id
  await client.call('policies.apply', {
    params: { policy: 'prod' },
    body: { document: {}, workspace: 'kubernetes-prod' },
  })
  ids.call = (await client.call('executions.list', { query: { status: 'completed' } })).data[0]?.id ?? ''
  ids.approval = (await client.call('approvals.list', {})).data.at(-1)?.id ?? ''
})
after(() => dashboard?.close())

const roles: [name: string, role: ProjectRole, scopes: Scope[]][] = [
  ['viewer', 'member', ['inference']],
  ['approver', 'member', ['execution']],
  ['operator', 'member', ['inference', 'execution']],
  ['owner-by-a-narrow-key', 'owner', ['execution']],
  ['owner', 'owner', ['inference', 'execution', 'management']],
]

interface Control {
  view: string
  heading: string
  name: string
  /** The scopes of who may use it. */
  needs: readonly Scope[]
  /** What it asks of the router. */
  asks: readonly [method: string, path: string]
}

const manages = ['management'] as const
const controls = (): Control[] => [
  of('fleet', 'Fleet', 'Pause xem-jumphost-01', manages, 'POST', 'management/agents/xem-jumphost-01/pause-exec'),
  of(
    `agents/${ids.agent}`,
    'xem-jumphost-01',
    'More: what can be done to xem-jumphost-01',
    manages,
    'DELETE',
    `management/agents/${ids.agent}`,
  ),
  of('agents', 'Agents', 'Mint a join key', manages, 'POST', 'management/join-keys'),
  of('keys', 'API keys', 'Create a key', manages, 'POST', 'management/api-keys'),
  of('people', 'People', 'Invite somebody', manages, 'POST', 'management/invitations'),
  of('people', 'People', 'Add somebody', manages, 'POST', 'management/members'),
  of('pauses', 'Pauses', 'Pause something', manages, 'POST', 'management/pauses'),
  of('exports', 'Exports', 'Make an export', manages, 'POST', 'exports'),
  of('legal-holds', 'Legal holds', 'Hold a call, or the whole project', manages, 'POST', 'management/legal-holds'),
  of('notifications', 'Notifications', 'Add a webhook', manages, 'POST', 'webhooks'),
  of('notifications?tab=channels', 'Notifications', 'Add a channel', manages, 'POST', 'notifications/channels'),
  of(
    `workspaces/${ids.workspace}`,
    'kubernetes-prod',
    'Bind an agent',
    ['inference', 'management'],
    'POST',
    `workspaces/${ids.workspace}/bindings`,
  ),
  of(
    `workspaces/${ids.workspace}?tab=settings`,
    'kubernetes-prod',
    'Delete kubernetes-prod',
    ['inference', 'management'],
    'DELETE',
    `workspaces/${ids.workspace}`,
  ),
  of('policies/prod', 'prod', 'Delete the policy', manages, 'DELETE', 'approvals/policies/prod'),
  of(`operations/${ids.call}`, 'Operation', 'Show them', manages, 'GET', `audit/records?subject=${ids.call}`),
  of(
    `operations/${ids.call}`,
    'Operation',
    'Make the call again',
    ['execution'],
    'POST',
    `exec/executions/${ids.call}/retry`,
  ),
]

function of(
  view: string,
  heading: string,
  name: string,
  needs: readonly Scope[],
  method: string,
  path: string,
): Control {
  return { view, heading, name, needs, asks: [method, path] }
}

/** Views that show, and have nothing to press. */
const reads = (): { view: string; anyOf: readonly Scope[]; there: string; asks: string }[] => [
  { view: '', anyOf: ['execution'], there: 'host_service_restart', asks: 'exec/executions' },
  { view: 'operations', anyOf: ['execution'], there: 'aws_terminate', asks: 'exec/executions' },
  { view: 'graph', anyOf: manages, there: 'The same as a table', asks: 'management/topology' },
  { view: 'policies', anyOf: ['execution', 'management'], there: 'prod', asks: 'approvals/policies' },
  { view: 'audit', anyOf: manages, there: 'Place in the log', asks: 'audit/records' },
  {
    view: `agents/${ids.agent}?tab=keys`,
    anyOf: manages,
    there: 'Its keys are those that it enrolled with',
    asks: `management/agents/${ids.agent}/rotations`,
  },
  {
    view: `agents/${ids.agent}/workspaces`,
    anyOf: manages,
    there: 'kubernetes-prod',
    asks: `management/agents/${ids.agent}`,
  },
  { view: 'notifications?tab=deliveries', anyOf: manages, there: 'Nothing was sent', asks: 'notifications/deliveries' },
]

/** Of what is described by it. */
async function whyOf(control: Locator): Promise<string> {
  const id = await control.getAttribute('aria-describedby')
  return id === null ? '' : textOf(control.page().locator(`[id="${id}"]`))
}

async function go(page: Page, view: string): Promise<void> {
  // As by a link: to load the whole page anew each time takes long. By a view that everybody has,
  // so that what is read next is of the view that was asked for.
  for (const path of ['account', view]) {
    await page.evaluate(`history.pushState({}, '', ${JSON.stringify(dashboard.address(path))})`)
    if (path === 'account') await page.getByRole('heading', { level: 1, name: 'Account', exact: true }).waitFor()
    else await page.getByRole('heading', { level: 1, name: 'Account', exact: true }).waitFor({ state: 'detached' })
  }
}

for (const [name, role, scopes] of roles) {
  test(`as ${name}: what may not be used says why, and the router refuses the same`, { skip }, async () => {
    const { system, browser } = dashboard
    const person = await personForTests(system.router.core, system.projectId, name, { role, scopes })
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    context.setDefaultTimeout(browserPatienceMs)
    const page = await context.newPage()
    const { token } = await system.clientWith(person.key).call('loginLinks.create')
    await page.goto(dashboard.address(`login#${token}`))
    await page.getByRole('button', { name: 'Log in with this link' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const forbidden = page.getByText('You may not see this', { exact: true })

    for (const { view, heading, name: label, needs, asks } of controls()) {
      const missing = needs.find((scope) => !scopes.includes(scope))
      const what = `${label} in ${view}`
      await go(page, view)
      const control = page.getByRole('main').getByRole('button', { name: label, exact: true })
      await control.or(forbidden).first().waitFor()
      // Of what may not be seen nobody is told the name.
      if ((await forbidden.count()) === 0)
        await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
      if (missing === undefined) {
        assert.equal(await forbidden.count(), 0, what)
        assert.equal(await control.getAttribute('aria-disabled'), null, what)
        assert.equal(await control.isDisabled(), false, what)
        continue
      }
      // A view of which nothing may be seen says so; it may have controls above that.
      if ((await control.count()) > 0) {
        assert.equal(await control.getAttribute('aria-disabled'), 'true', what)
        const why = await whyOf(control)
        assert.ok(why.includes(`the scope ${missing}`), `${what}: ${why}`)
        await control.press('Enter')
        assert.equal(await page.getByRole('dialog').count(), 0, what)
      }
      const [method, path] = asks
      const answer = await fetch(`${system.router.url}/demo/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      })
      const { error } = (await answer.json()) as { error: { code: string } }
      assert.deepEqual([answer.status, error.code], [403, 'scope_insufficient'], what)
    }

    for (const { view, anyOf, there, asks } of reads()) {
      await go(page, view)
      const isSeen = anyOf.some((scope) => scopes.includes(scope))
      await page
        .getByRole('main')
        .getByText(isSeen ? there : 'You may not see this', { exact: isSeen })
        .first()
        .waitFor()
      if (isSeen) continue
      await page.getByRole('main').getByText('scope_insufficient').first().waitFor()
      const answer = await fetch(`${system.router.url}/demo/v1/${asks}`, {
        headers: { authorization: `Bearer ${person.key}` },
      })
      assert.equal(answer.status, 403, view)
    }
    // What the overview cannot count for somebody it does not call nothing.
    await go(page, '')
    const cards = page.getByRole('main').getByRole('listitem')
    for (const [card, scope] of [
      ['Agents online', 'management'],
      ['Queue depth', 'management'],
      ['Pending approvals', 'execution'],
    ] as const) {
      const why = cards.filter({ hasText: card }).getByText(`This needs the scope ${scope}`)
      if (scopes.includes(scope)) await why.waitFor({ state: 'detached' })
      else await why.waitFor()
    }

    if (scopes.includes('execution')) await decides(page, role === 'owner', person.key)
    await context.close()
  })
}

/** A member decides on nothing that was not delegated to them, and is told so by the card. */
async function decides(page: Page, mayDecide: boolean, key: string): Promise<void> {
  await go(page, `approvals?id=${ids.approval}`)
  const card = page.getByRole('article')
  const [approve, reject] = ['Approve', 'Reject'].map((name) => card.getByRole('button', { name, exact: true }))
  if (approve === undefined || reject === undefined) throw new Error('no buttons')
  if (mayDecide) {
    await card.locator('button:not([aria-disabled="true"])', { hasText: 'Approve' }).waitFor()
    assert.notEqual(await reject.getAttribute('aria-disabled'), 'true')
    return
  }
  await card.getByText('You may not decide on this as it stands').waitFor()
  for (const control of [approve, reject]) {
    assert.equal(await control.getAttribute('aria-disabled'), 'true')
    assert.match(await whyOf(control), /This call is decided by/)
  }
  const { client } = dashboard.system
  const mine = dashboard.system.clientWith(key)
  const call = mine.call('approvals.approve', { params: { id: ids.approval }, body: {} })
  await assert.rejects(call, { code: 'not_an_approver' })
  await assert.rejects(mine.call('approvals.reject', { params: { id: ids.approval }, body: {} }), {
    code: 'not_an_approver',
  })
  assert.equal((await client.call('approvals.show', { params: { id: ids.approval } })).state, 'pending')
}

test('an action of the palette that may not be done is listed with why, and does nothing', { skip }, async () => {
  const { system, browser } = dashboard
  const person = await personForTests(system.router.core, system.projectId, 'paula', { scopes: ['execution'] })
  const context = await browser.newContext()
  context.setDefaultTimeout(browserPatienceMs)
  const page = await context.newPage()
  const { token } = await system.clientWith(person.key).call('loginLinks.create')
  await page.goto(dashboard.address(`login#${token}`))
  await page.getByRole('button', { name: 'Log in with this link' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /A view, an agent/ }).fill('mint')
  await page.getByRole('option', { name: /Mint a join key.*the scope management/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Go to' }).waitFor()
  await page.keyboard.press('Escape')
  // The address of a dialog opens it for those alone who may use it.
  await page.goto(dashboard.address('agents?do=mint'))
  await page.getByText('You may not see this', { exact: true }).first().waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  await context.close()
})
