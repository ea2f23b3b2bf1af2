// A router, the sample of a night, and a page of the dashboard that is logged in.
import { browserPatienceMs, chromiumForTests, launch } from '@xerotier/devkit/browser.ts'
import { type DashboardSample, dashboardSample } from '@xerotier/devkit/dashboard-sample.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import {
  type RouterForTests,
  type RouterForTestsOptions,
  startRouterForTests,
} from '@xerotier/devkit/router-for-tests.ts'
import axe from 'axe-core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

export interface OpenDashboard {
  system: RouterForTests
  sample: DashboardSample
  browser: Browser
  context: BrowserContext
  page: Page
  /** What the browser complained of. */
  complaints: string[]
  /** Below `/ops/`. */
  address(path?: string): string
  login(page: Page): Promise<void>
  close(): Promise<void>
}

const found = chromiumForTests()
/** Why there is no browser here; false when there is one. */
export const skip = typeof found === 'string' ? found : false

/** @throws Error where there is no browser: see `skip` */
export async function openDashboard(options: RouterForTestsOptions = {}): Promise<OpenDashboard> {
  if (typeof found === 'string') throw new Error(found)
  const browser = await launch(found)
  const system = await startRouterForTests(options)
  const sample = await dashboardSample(system)
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    // What a test answers in the router's place is asked for by the page itself.
    serviceWorkers: 'block',
  })
  context.setDefaultTimeout(browserPatienceMs)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Who is not logged in is told so.
    if (message.type() === 'error' && !/401/.test(message.text())) complaints.push(message.text())
  })
  const address = (path = '') => `${system.router.url}/ops/${path}`
  const open: OpenDashboard = {
    system,
    sample,
    browser,
    context,
    page,
    complaints,
    address,
    async login(one) {
      const { token } = await system.client.call('loginLinks.create')
      await one.goto(address(`login#${token}`))
      await one.getByRole('button', { name: 'Log in with this link' }).click()
      await one.getByRole('heading', { name: 'Overview' }).waitFor()
    },
    async close() {
      await browser.close()
      sample.close()
      await system.stop()
    },
  }
  await open.login(page)
  return open
}

/** Run in the page. */
export const isTooWide = 'document.documentElement.scrollWidth > innerWidth'

export const textOf = async (one: Locator) => (await one.textContent()) ?? ''

/** Waits; not in the page, whose policy lets no text run. */
export const titleBegins = (page: Page, text: string) =>
  until(`the title ${text}`, async () => ((await page.title()).startsWith(text) ? true : undefined), browserPatienceMs)

const everyRule = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Of the rules of axe. */
export async function violations(page: Page, rules = everyRule): Promise<string[]> {
  // By the debugger, which the page's policy does not bind.
  if (!(await page.evaluate(`'axe' in globalThis`))) await page.evaluate(axe.source)
  return page.evaluate(async (runOnly) => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe }
    const result = await inPage.run({ runOnly, resultTypes: ['violations'] })
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  }, rules)
}
