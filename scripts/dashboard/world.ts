// A router, and a browser that is logged in, for what is measured.
import { loadavg } from 'node:os'
import { browserForTests, browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { type DashboardSample, dashboardSample } from '@xerotier/devkit/dashboard-sample.ts'
import { startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { Page } from 'playwright-core'
import type { Figure } from '../../bench/figure.ts'

export interface World {
  system: RouterForTests
  sample: DashboardSample
  page: Page
  address(path: string): string
}

export interface Options {
  executions: number
  minutes: number
}

export type Measurement = (world: World, options: Options) => Promise<Figure[]>

export async function inWorld<T>(act: (world: World) => Promise<T>): Promise<T> {
  const browser = await browserForTests()
  if (typeof browser === 'string') throw new Error(browser)
  const postgres = await startPostgresForTests()
  process.env[testPostgresVariable] = postgres.url
  const system = await startRouterForTests({ slug: 'prod', http: { validateResponses: false } })
  const sample = await dashboardSample(system)
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(5 * browserPatienceMs)
    const address = (path: string) => `${system.router.url}/ops/${path}`
    const { token } = await system.client.call('loginLinks.create')
    await page.goto(address(`login#${token}`))
    await page.getByRole('button', { name: 'Log in with this link' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.addInitScript(observe)
    return await act({ system, sample, page, address })
  } finally {
    await browser.close()
    sample.close()
    await system.stop()
    await postgres.stop()
  }
}

/** Run in the page: tasks over 50 ms, and how long interactions took to their next paint. */
const observe = `
  globalThis.tasks = []; globalThis.interactions = []
  const watch = (type, take, more) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more })
  watch('longtask', ({ duration }) => tasks.push(duration))
  watch('event', ({ name, duration, interactionId, startTime, processingStart, processingEnd }) => {
    if (interactionId)
      interactions.push({ name, ms: duration, waited: processingStart - startTime, worked: processingEnd - processingStart })
  }, { durationThreshold: 16 })`

/** Of one event, until the picture that shows what became of it. Milliseconds. */
export interface Interaction {
  name: string
  ms: number
  /** Before anybody heard of it. */
  waited: number
  /** Of what hears it; the rest is style, layout and paint. */
  worked: number
}

/** @returns those since the last call */
export const interactionsOf = (page: Page) => page.evaluate('interactions.splice(0)') as Promise<Interaction[]>

/** @returns of the tasks since the last call the longest, in ms */
export async function longestTask(page: Page): Promise<number> {
  const tasks = (await page.evaluate('tasks.splice(0)')) as number[]
  return Math.max(0, ...tasks)
}

/** Of how many frames a second were drawn meanwhile: the mean. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`
    globalThis.frames = 0; globalThis.counts = true; globalThis.since = performance.now()
    requestAnimationFrame(function frame() { frames += 1; if (counts) requestAnimationFrame(frame) })`)
  await act()
  return (await page.evaluate('counts = false; frames / (performance.now() - since) * 1000')) as number
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

export const load = () => (loadavg()[0] ?? 0).toFixed(1)
