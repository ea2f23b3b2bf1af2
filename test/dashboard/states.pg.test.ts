// Every view when the router fails, refuses, says nothing, is away, has nothing, or tells a part:
// no page is blank or waits for ever, and what is told is no guess.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { adviceText } from '@xerotier/protocol/advice.ts'
import { errors } from '@xerotier/protocol/errors.ts'
import type { Page } from 'playwright-core'
import { answerWith, isShown, passUntil, requestId } from './answers.fixture.ts'
import { isTooWide, type OpenDashboard, openDashboard, skip, textOf, violations } from './open-dashboard.fixture.ts'

let dashboard: OpenDashboard
let page: Page
/** Of the sample. */
const ids = { call: '', agent: '', workspace: '' }

before(async () => {
  if (skip !== false) return
  dashboard = await openDashboard()
  const { client } = dashboard.system
  ids.call = (await client.call('executions.list', { query: { status: 'completed' } })).data[0]?.id ?? ''
  ids.agent = (await client.call('agents.show', { params: { id: 'xem-jumphost-01' } })).id
  ids.workspace = (await client.call('workspaces.show', { params: { id: 'kubernetes-prod' } })).id
  await client.call('policies.apply', { params: { policy: 'kubernetes-prod' }, body: { document: {} } })
  page = dashboard.page
  // Half a minute of silence, and the rests between tries, pass by the clock of the page.
  await page.clock.install()
})
beforeEach(() => page?.unrouteAll({ behavior: 'ignoreErrors' }))
after(() => dashboard?.close())

interface View {
  path: string
  /** What it says when there is nothing; undefined: it has always something. */
  empty?: string
}

const views = (): View[] => [
  { path: '', empty: 'No call has failed in the last 24 hours.' },
  { path: 'operations', empty: 'No operations yet' },
  { path: 'operations?status=failed', empty: 'No operation matches these filters' },
  { path: `operations/${ids.call}` },
  { path: 'fleet', empty: 'No agents yet' },
  { path: 'graph', empty: 'Nothing to draw yet' },
  { path: 'approvals', empty: 'Nothing waits for a decision' },
  { path: 'agents', empty: 'No join keys yet.' },
  { path: `agents/${ids.agent}` },
  { path: `agents/${ids.agent}?tab=events`, empty: 'Nothing has happened to it yet' },
  { path: `agents/${ids.agent}/workspaces` },
  { path: `workspaces/${ids.workspace}`, empty: 'No operations yet' },
  { path: `workspaces/${ids.workspace}?tab=policy` },
  { path: 'policies', empty: 'There is no policy' },
  { path: 'policies/kubernetes-prod' },
  { path: 'audit', empty: 'No record matches.' },
  { path: 'pauses', empty: 'Nothing is paused.' },
  { path: 'people', empty: 'There are no groups.' },
  { path: 'keys', empty: 'There are no keys' },
  { path: 'notifications', empty: 'No webhooks' },
  { path: 'notifications?tab=channels', empty: 'No channels' },
  { path: 'notifications?tab=deliveries', empty: 'Nothing was sent' },
  { path: 'exports', empty: 'No exports' },
  { path: 'legal-holds', empty: 'Nothing is held' },
  { path: 'account', empty: 'You have none.' },
]

const main = () => page.getByRole('main')
const skeleton = () => main().getByText('Loading', { exact: true })
const retry = () => main().getByRole('button', { name: 'Try again' })

/** The tabs are there, the view has its name, and nothing is cut off. */
async function isWhole(what: string): Promise<void> {
  assert.equal(
    await page.getByRole('navigation', { name: 'Views', exact: true }).isVisible(),
    true,
    `${what}: the tabs`,
  )
  assert.equal(await main().getByRole('heading', { level: 1 }).isVisible(), true, `${what}: its name`)
  assert.equal(await page.evaluate(isTooWide), false, `${what} fits`)
}

/** Each of them at once: one may answer for another. */
const tryAgain = () => retry().evaluateAll('(buttons) => buttons.forEach((one) => one.click())')

const told = async (what: string, code: keyof typeof errors) => {
  const text = await textOf(main())
  const { message, advice } = errors[code]
  for (const part of [code, message, adviceText(advice), `Request ${requestId}`])
    assert.ok(text.includes(part), `${what} says ${part}: ${text}`)
}

test('silence is told as such, then that nobody answers, then why it failed, and one button goes on from each', {
  skip,
  // Twenty views, each loaded anew: 90 s on a machine that does nothing else.
  timeout: 400_000,
}, async () => {
  for (const { path } of views()) {
    const what = `/${path}`
    const speak = await answerWith(page, 'silent')
    await page.goto(dashboard.address(path))
    await passUntil(page, `${what}: that it takes long`, () => isShown(main().getByText('has not answered yet')))
    await isWhole(what)
    await passUntil(page, `${what}: no answer`, async () => (await skeleton().count()) === 0)
    assert.ok(await isShown(main().getByText(/The router does not answer|could not be loaded/)), what)
    await isWhole(what)
    await speak()
    const mend = await answerWith(page, 'failing')
    await tryAgain()
    await passUntil(page, `${what}: the error`, () => isShown(main().getByText('internal_error')))
    await told(what, 'internal_error')
    await isWhole(what)
    await mend()
    const reach = await answerWith(page, 'unreachable')
    await tryAgain()
    await passUntil(page, `${what}: out of reach`, async () => !(await isShown(main().getByText('internal_error'))))
    assert.ok(await isShown(main().getByText('The router does not answer')), what)
    await isWhole(what)
    await reach()
    await tryAgain()
    await passUntil(page, `${what}: all of it`, async () => (await retry().count()) + (await skeleton().count()) === 0)
    await isWhole(what)
  }
})

test('what may not be seen, or has nothing in it, says so in each view', { skip }, async () => {
  for (const { path, empty } of views()) {
    const what = `/${path}`
    let mend = await answerWith(page, 'forbidden')
    await page.goto(dashboard.address(path))
    await main().getByText('scope_insufficient').first().waitFor()
    await passUntil(page, `${what}: all refusals`, async () => (await skeleton().count()) === 0)
    await told(what, 'scope_insufficient')
    await isWhole(`${what}, forbidden`)
    await mend()

    if (empty === undefined) continue
    mend = await answerWith(page, 'empty')
    await page.goto(dashboard.address(path))
    await passUntil(page, `${what}: ${empty}`, () => isShown(main().getByText(empty)))
    await isWhole(`${what}, empty`)
    assert.equal(await retry().count(), 0, what)
    await mend()
  }
})

interface Part {
  path: string
  fails: RegExp
  /** What is said of it. */
  told: string
  /** What is there all the same. */
  stays: string
  /** What would be a guess. */
  never?: string
}

const parts = (): Part[] => [
  {
    path: '',
    fails: /\/health\/dashboard/,
    told: 'Health: this could not be loaded.',
    stays: '3 calls wait for a decision',
    never: 'nothing waits',
  },
  {
    path: '',
    fails: /exec\/approvals\?/,
    told: 'Approvals: this could not be loaded.',
    stays: 'Health',
  },
  {
    path: '',
    fails: /\/health\/|exec\/approvals\?|management\/(?:agents|candidates)/,
    told: 'Approvals: this could not be loaded.',
    stays: 'Needs a person now',
    never: 'Nothing needs anybody now.',
  },
  {
    path: 'operations',
    fails: /\/ops\/api\/views/,
    told: 'Saved views: this could not be loaded.',
    stays: 'kubectl_delete',
  },
  { path: 'approvals', fails: /status=decided|status=/, told: 'internal_error', stays: 'What will run' },
  {
    path: 'approvals',
    fails: /\/standing/,
    told: 'Whether you may decide on this: this could not be loaded.',
    stays: 'What will run',
  },
  { path: 'agents', fails: /candidates/, told: 'this could not be loaded.', stays: 'xem-jumphost-01' },
  { path: 'agents', fails: /join-keys/, told: 'internal_error', stays: 'xem-jumphost-01' },
  { path: 'people', fails: /management\/groups/, told: 'internal_error', stays: 'Delegations' },
  { path: `workspaces/${ids.workspace}`, fails: /\/exec\//, told: 'internal_error', stays: 'xem-jumphost-01' },
  {
    path: `policies/kubernetes-prod`,
    fails: /policies\/check/,
    told: 'What the router says of this policy',
    stays: 'Add a rule',
  },
  { path: 'account', fails: /ops\/api\/passkeys/, told: 'internal_error', stays: 'Sessions' },
]

test('when a part of a view fails the rest stays, and nothing is guessed', { skip }, async () => {
  for (const { path, fails, told: words, stays, never } of parts()) {
    const what = `/${path} without ${fails}`
    const mend = await answerWith(page, 'failing', fails)
    await page.goto(dashboard.address(path))
    await passUntil(page, `${what}: what is missing`, () => isShown(main().getByText(words)))
    await passUntil(page, `${what}: what stays`, () => isShown(main().getByText(stays)))
    if (never !== undefined) assert.equal(await main().getByText(never).count(), 0, what)
    await isWhole(what)
    assert.deepEqual(await violations(page), [], what)
    await mend()
    await tryAgain()
    await passUntil(page, `${what}: all of it`, async () => (await retry().count()) === 0)
  }
})

test('what is there and cannot be asked for again stays, and says of when it is', { skip }, async () => {
  await page.goto(dashboard.address('fleet'))
  await page.getByRole('table', { name: 'Fleet' }).getByText('xem-jumphost-01').waitFor()
  for (const answer of ['failing', 'foreign'] as const) {
    const mend = await answerWith(page, answer)
    await passUntil(page, 'the note', () => isShown(main().getByText('This is what the router said at')))
    const text = await textOf(main().getByRole('alert'))
    assert.ok(text.includes(answer === 'failing' ? 'Something failed inside the router.' : 'as a proxy does'), text)
    await page.getByRole('table', { name: 'Fleet' }).getByText('xem-jumphost-01').waitFor()
    assert.deepEqual(await violations(page), [])
    await mend()
    await tryAgain()
    await passUntil(page, 'how it is now', async () => (await main().getByRole('alert').count()) === 0)
  }
})

test('a part of the page that does not come leaves the tabs, and comes when it is asked for again', {
  skip,
}, async () => {
  await page.goto(dashboard.address(''))
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const scripts = /\/assets\/(?!main-|theme-)[^/]+\.js$/
  const link = page.getByRole('navigation', { name: 'Views', exact: true }).getByRole('link', { name: 'Exports' })
  let mend = await answerWith(page, 'silent', scripts)
  await link.click()
  await passUntil(page, 'that it takes long', () => isShown(main().getByText('has not answered yet')))
  await mend()
  await page.goto(dashboard.address(''))
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  mend = await answerWith(page, 'unreachable', scripts)
  await link.click()
  await main().getByText('A part of this page could not be loaded').first().waitFor()
  await isWhole('/exports')
  assert.deepEqual(await violations(page), [])
  await mend()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { level: 1, name: 'Exports' }).waitFor()
})

test('a router that never says who is logged in is told of, and the page goes on once it does', { skip }, async () => {
  const speak = await answerWith(page, 'silent', /\/ops\/api\/session$/)
  await page.goto(dashboard.address('fleet'))
  await passUntil(page, 'that it takes long', () => isShown(page.getByText('has not answered yet')))
  await passUntil(page, 'no answer', () => isShown(page.getByRole('heading', { name: 'The router does not answer' })))
  await speak()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('table', { name: 'Fleet' }).waitFor({ timeout: browserPatienceMs })
})
