// A million executions and a thousand agents: how soon each view stands there, and how soon it
// answers.
import { fillWithRows } from '@xerotier/devkit/many-rows.ts'
import type { Figure } from '../../bench/figure.ts'
import { type Interaction, interactionsOf, load, type Measurement, quantile } from './world.ts'

const views = [
  ['', 'Overview'],
  ['operations', 'Operations'],
  ['fleet', 'Fleet'],
  ['graph', 'Graph'],
  ['approvals', 'Approvals'],
] as const

export const measureRows: Measurement = async ({ system, page, address }, { executions }) => {
  const from = Date.now()
  await fillWithRows(system.database.url, system.projectId, executions)
  await system.router.core.store.pool.query('analyze')
  console.log(`${executions} executions were made in ${((Date.now() - from) / 1000).toFixed(0)} s`)
  const figures: Figure[] = []
  for (const [path, name] of views) {
    // Once before: what the router makes at the first request, others have not to wait for.
    const took: number[] = []
    const whole: number[] = []
    for (let run = 0; run < 4; run++) {
      await page.goto(address(path))
      await page.getByRole('heading', { level: 1, name }).waitFor()
      await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' })
      whole.push((await page.evaluate('performance.now()')) as number)
      took.push(
        (await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`)) as number,
      )
    }
    const middle = (all: number[]) =>
      quantile(
        all.slice(1).sort((one, other) => one - other),
        0.5,
      )
    figures.push(
      { name: `${name}, first paint`, value: middle(took), unit: 'ms', target: { atMost: 1_000 } },
      { name: `${name}, everything there`, value: middle(whole), unit: 'ms' },
    )
  }
  await page.goto(address('operations'))
  await page.getByRole('table', { name: 'Operations' }).waitFor()
  await interactionsOf(page)
  const slowest: (Interaction & { step: string })[] = []
  const step = async (name: string, ms: number, act: () => Promise<unknown>) => {
    await act()
    await page.waitForTimeout(ms)
    slowest.push(...(await interactionsOf(page)).map((one) => ({ step: name, ...one })))
  }
  for (const status of ['failed', 'completed', 'failed', ''])
    await step(`status ${status || 'any'}`, 500, () =>
      page.getByRole('combobox', { name: 'Status' }).selectOption(status),
    )
  for (const tab of ['Fleet', 'Approvals', 'Operations', 'Overview', 'Operations'])
    await step(`to ${tab}`, 1_000, () => page.getByRole('navigation').getByRole('link', { name: tab }).click())
  const first = page.getByRole('table', { name: 'Operations' }).getByRole('link').first()
  await step('open a call', 1_000, async () => {
    await first.click()
    await page.getByRole('dialog').waitFor()
  })
  await step('close it', 500, () => page.keyboard.press('Escape'))
  slowest.sort((one, other) => other.ms - one.ms)
  console.log(`${slowest.length} interactions of 16 ms and more, load ${load()}; the slowest:`)
  for (const { step: name, name: event, ms, waited, worked } of slowest.slice(0, 8))
    console.log(`  ${ms} ms  ${name} (${event}): waited ${waited.toFixed(0)}, worked ${worked.toFixed(0)}`)
  figures.push({
    name: `interaction to the next paint, the slowest (${slowest[0]?.step ?? 'none'})`,
    value: slowest[0]?.ms ?? 16,
    unit: 'ms',
    target: { atMost: 100 },
  })
  return figures
}
