// The dashboard as people use it, in a real browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browserForTests, browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { type DashboardSample, dashboardSample, hostile } from '@xerotier/devkit/dashboard-sample.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import axe from 'axe-core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

const found = await browserForTests()
const skip = typeof found === 'string' ? found : false

let system: RouterForTests
let sample: DashboardSample
let context: BrowserContext
let page: Page
/** What the browser complained of. */
const complaints: string[] = []

before(async () => {
  if (typeof found === 'string') return
  system = await startRouterForTests()
  sample = await dashboardSample(system)
  context = await newContext(found)
  page = await context.newPage()
  listenTo(page)
  await loginTo(page)
})
after(async () => {
  if (typeof found === 'string') return
  await found.close()
  sample.close()
  await system.stop()
})

async function newContext(browser: Browser): Promise<BrowserContext> {
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  made.setDefaultTimeout(browserPatienceMs)
  return made
}

function listenTo(one: Page): void {
  one.on('pageerror', (error) => complaints.push(error.message))
  one.on('console', (message) => {
    // Who is not logged in is told so.
    if (message.type() === 'error' && !/401/.test(message.text())) complaints.push(message.text())
  })
}

/** Run in the page. */
const isTooWide = 'document.documentElement.scrollWidth > innerWidth'

const ops = (path = '') => `${system.router.url}/ops/${path}`

async function loginTo(one: Page): Promise<void> {
  const { token } = await system.client.call('loginLinks.create')
  await one.goto(ops(`login#${token}`))
  await one.getByRole('button', { name: 'Log in with this link' }).click()
  await one.getByRole('heading', { name: 'Overview' }).waitFor()
}

const textOf = async (one: Locator) => (await one.textContent()) ?? ''

const everyRule = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

async function violations(one: Page, rules = everyRule): Promise<string[]> {
  // By the debugger, which the page's policy does not bind.
  await one.evaluate(axe.source)
  return one.evaluate(async (runOnly) => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe }
    const result = await inPage.run({ runOnly })
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  }, rules)
}

test('a link logs in, and its token is gone from the address', { skip }, async () => {
  assert.ok(!page.url().includes('xlgn_'))
  await page.waitForFunction(`document.title.startsWith('(3) Overview · demo')`)
})

test('each tab is there by its name, and nothing in it breaks or offends axe, in both themes', { skip }, async () => {
  const { data } = await system.client.call('executions.list', {})
  const shown = data.find(({ stdout_bytes }) => stdout_bytes > 0)?.id
  const { data: agents } = await system.client.call('agents.list', {})
  const views = [
    ['', 'Overview'],
    ['operations', 'Operations'],
    [`operations/${shown}`, 'Operation'],
    ['fleet', 'Fleet'],
    ['graph', 'Graph'],
    ['templates', 'Templates'],
    ['approvals', 'Approvals'],
    ['agents', 'Agents'],
    [`agents/${agents[0]?.id}/workspaces`, agents[0]?.name ?? ''],
    ['audit', 'Audit'],
    ['pauses', 'Pauses'],
    ['account', 'Account'],
    ['nowhere', 'There is no such page'],
  ] as const
  for (const [path, heading] of views) {
    await page.goto(ops(path))
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' })
    // The themes differ in their colours alone.
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    assert.deepEqual(await violations(page), [], heading)
    await page.emulateMedia({ colorScheme: 'dark' })
    assert.deepEqual(await violations(page, ['color-contrast']), [], `${heading}, dark`)
    const wider = await page.evaluate(isTooWide)
    assert.equal(wider, false, `${heading} fits`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  assert.deepEqual(complaints, [])
})

test('what tools and callers wrote is shown and not obeyed', { skip }, async () => {
  const { data } = await system.client.call('executions.list', {})
  const id = data.find(({ stdout_bytes, state }) => stdout_bytes > 0 && state === 'completed')?.id
  await page.goto(ops(`operations/${id}`))
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
  await page.goto(ops('operations'))
  await page.getByRole('combobox', { name: 'Status' }).selectOption('failed')
  await page.waitForURL(/status=failed/)
  const table = page.getByRole('table', { name: 'Operations' })
  await table.getByText('failed', { exact: true }).waitFor()
  assert.equal(await table.getByText('completed', { exact: true }).count(), 0)
  await table.getByRole('link', { name: 'host_service_restart' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Operation' })
  await dialog.getByText('the program ended with exit code 3').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.goBack()
  assert.match(page.url(), /status=failed/)
})

test('an approval is read, and then given by keyboard; not before it has stood there for a moment', {
  skip,
}, async () => {
  await page.goto(ops('approvals'))
  const list = page.getByRole('list', { name: 'Pending approvals' })
  await list.getByRole('button').nth(2).waitFor()
  const approve = page.getByRole('button', { name: 'Approve' })
  assert.equal(await approve.getAttribute('aria-disabled'), 'true')
  const card = page.getByRole('article', { name: 'kubectl_delete' })
  assert.ok((await textOf(card)).includes('checkout-api'))
  assert.ok((await textOf(card)).includes('<img src=x'))
  await page.keyboard.press('j')
  await page.waitForURL((url) => url.searchParams.get('id') !== null)
  await page.keyboard.press('k')
  await page.locator('button:not([aria-disabled="true"])', { hasText: 'Approve' }).waitFor()
  await page.keyboard.press('a')
  await page.keyboard.press('Enter')
  const dispatch = await sample.worker.agent.next('dispatch')
  await sample.worker.answer(dispatch)
  const { data } = await system.client.call('approvals.list', { query: { status: 'approved' } })
  assert.deepEqual(
    data.map(({ tool, decided_door, decided_by_name }) => [tool, decided_door, decided_by_name]),
    [['kubectl_delete', 'dashboard', 'owner']],
  )
  await page.getByText('2 calls wait for a decision').waitFor()
  await page.waitForFunction(`document.title.startsWith('(2)')`)
})

test('an irreversible call wants its name typed, on a phone too, and is rejected without', { skip }, async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(ops('approvals'))
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
  const { data } = await system.client.call('approvals.list', { query: { status: 'rejected' } })
  assert.deepEqual(
    data.map(({ tool, note }) => [tool, note]),
    [['aws_terminate', 'not tonight']],
  )
  await page.setViewportSize({ width: 1280, height: 900 })
})

test('an agent is paused with what it touches said before, and resumed', { skip }, async () => {
  await page.goto(ops('fleet'))
  await page.getByRole('button', { name: 'Pause xem-jumphost-01' }).click()
  const dialog = page.getByRole('dialog', { name: 'Pause xem-jumphost-01' })
  await dialog.getByRole('region', { name: 'What it touches now' }).getByText('kubernetes-prod').waitFor()
  await dialog.getByLabel('Reason').fill('looks odd')
  assert.match(await textOf(dialog), /xeroctl agents pause-exec xem-jumphost-01 --reason 'looks odd'/)
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: 'Pause xem-jumphost-01 now' }).click()
  await page.getByRole('button', { name: 'Resume xem-jumphost-01' }).click()
  await page.getByRole('button', { name: 'Resume xem-jumphost-01 now' }).click()
  await page.getByRole('button', { name: 'Pause xem-jumphost-01' }).waitFor()
})

test('a join key is shown once, with the lines that use it', { skip }, async () => {
  await page.goto(ops('agents'))
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

test('a call that is asked for appears by the stream, without anybody loading anything', { skip }, async () => {
  await page.goto(ops('approvals'))
  await page.getByText('1 call waits for a decision').waitFor()
  const { approval_id } = await system.client.call('invocations.submit', {
    body: { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { name: 'by-the-stream' } },
  })
  await page.getByText('2 calls wait for a decision').waitFor()
  await system.client.call('approvals.reject', { params: { id: approval_id! }, body: {} })
  await page.getByText('1 call waits for a decision').waitFor()
})

test('a session that ends is asked for again, and what was typed is still there', { skip }, async () => {
  await page.goto(ops('approvals'))
  await page.getByLabel('Note').fill('half a thought')
  const { core } = system.router
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
