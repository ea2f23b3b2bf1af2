// `npm run dashboard-figures [-- <calls>]`: how long it takes from a commit to what stands on the
// screen, in a real browser. Calls that wait for approval are made one after the other, and each is
// looked for in the list of the Approvals tab.
import { browserForTests, browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { dashboardSample } from '@xerotier/devkit/dashboard-sample.ts'
import { startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

const calls = Number(process.argv[2] ?? 60)

/** Run in the page: when each call was first on the screen, by its id. */
const watch = `
  globalThis.seen = {}
  new MutationObserver(() => {
    for (const row of document.querySelectorAll('li[data-id]')) {
      const { id } = row.dataset
      if (id in seen) continue
      seen[id] = 0
      requestAnimationFrame(() => { seen[id] = Date.now() })
    }
  }).observe(document, { subtree: true, childList: true })`

const browser = await browserForTests()
if (typeof browser === 'string') throw new Error(browser)
const postgres = await startPostgresForTests()
process.env[testPostgresVariable] = postgres.url
const system = await startRouterForTests({ slug: 'prod' })
const sample = await dashboardSample(system)
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(browserPatienceMs)
  const { token } = await system.client.call('loginLinks.create')
  await page.goto(`${system.router.url}/ops/login#${token}`)
  await page.getByRole('button', { name: 'Log in with this link' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.addInitScript(watch)
  await page.goto(`${system.router.url}/ops/approvals`)
  await page.getByText('3 calls wait for a decision').waitFor()
  const took: number[] = []
  for (let n = 0; n < calls; n++) {
    const body = { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { n } }
    const { approval_id: id } = await system.client.call('invocations.submit', { body })
    const committed = Date.now()
    await page.locator(`li[data-id="${id}"]`).waitFor()
    let shown = 0
    while (shown === 0) shown = (await page.evaluate(`seen[${JSON.stringify(id)}] || 0`)) as number
    took.push(Math.max(0, shown - committed))
    // The list has a limit, and no call waits for the settling of the one before.
    await system.client.call('approvals.reject', { params: { id: id! }, body: {} })
    await page.locator(`li[data-id="${id}"]`).waitFor({ state: 'detached' })
    await page.waitForTimeout(500)
  }
  took.sort((one, other) => one - other)
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(share * took.length))]
  console.log(`from commit to screen, ${calls} calls: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`)
} finally {
  await browser.close()
  sample.close()
  await system.stop()
  await postgres.stop()
}
