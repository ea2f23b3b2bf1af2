// `npm run screenshots`: every view of the dashboard in both themes and four widths, as pictures
// in .screenshots/, to be looked at.
import { mkdirSync } from 'node:fs'
import { browserForTests } from '@xerotier/devkit/browser.ts'
import { dashboardSample } from '@xerotier/devkit/dashboard-sample.ts'
import { startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { viewsOf } from './dashboard/views.ts'

const folder = '.screenshots'
const widths = [390, 768, 1280, 1920]
const [only] = process.argv.slice(2)

const browser = await browserForTests()
if (typeof browser === 'string') throw new Error(browser)
const postgres = await startPostgresForTests()
process.env[testPostgresVariable] = postgres.url
const system = await startRouterForTests({ slug: 'prod' })
const sample = await dashboardSample(system)
const { client } = system
const views = await viewsOf(client)
mkdirSync(folder, { recursive: true })
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } })
    const page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`))
    page.on('pageerror', (error) => console.log(`page: ${error.message}`))
    const { token } = await client.call('loginLinks.create')
    await page.goto(`${system.router.url}/ops/login#${token}`)
    await page.screenshot({ path: `${folder}/login-1280-${colorScheme}.png` })
    await page.getByRole('button', { name: 'Log in with this link' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    for (const [name, path] of Object.entries(views)) {
      if (only !== undefined && !only.split(',').includes(name)) continue
      await page.goto(`${system.router.url}/ops/${path}`, { waitUntil: 'networkidle' }).catch(() => undefined)
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
        await page.waitForTimeout(150)
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: name !== 'modal' })
      }
    }
    await context.close()
  }
} finally {
  await browser.close()
  sample.close()
  await system.stop()
  await postgres.stop()
}
console.log(`pictures in ${folder}/`)
