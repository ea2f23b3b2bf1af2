// Lighthouse's accessibility score of each view. It is too large (176 MB) to be installed with the
// rest for a figure that is asked for seldom: it comes from npm when it is, into the cache.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { chromiumForTests } from '@xerotier/devkit/browser.ts'
import type { Figure } from '../../bench/figure.ts'
import { viewsOf } from './views.ts'
import type { Measurement } from './world.ts'

const version = '13.5.0'
const run = promisify(execFile)

export const measureLighthouse: Measurement = async ({ system, page, address }) => {
  const program = await installed()
  const chromium = chromiumForTests()
  if (typeof chromium === 'string') throw new Error(chromium)
  const folder = await mkdtemp(join(tmpdir(), 'lighthouse-'))
  try {
    // In a file of its own: whoever is logged in is nobody's business in a process list.
    const headers = join(folder, 'headers.json')
    const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`)
    await writeFile(headers, JSON.stringify({ Cookie: cookies.join('; ') }), { mode: 0o600 })
    const figures: Figure[] = []
    for (const [name, path] of Object.entries(await viewsOf(system.client))) {
      const report = join(folder, 'report.json')
      await run(
        process.execPath,
        [
          ...[program, address(path), '--quiet', '--only-categories=accessibility'],
          ...['--output=json', `--output-path=${report}`, `--extra-headers=${headers}`, '--disable-storage-reset'],
          '--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage',
        ],
        { env: { ...process.env, ...chromium.env, CHROME_PATH: chromium.path } },
      )
      const { categories, audits, finalDisplayedUrl } = JSON.parse(await readFile(report, 'utf8')) as Report
      if (finalDisplayedUrl !== address(path)) throw new Error(`${name} was not seen, but ${finalDisplayedUrl}`)
      for (const { id, score, title } of Object.values(audits))
        if (score !== null && score < 1) console.log(`  ${name}: ${title} (${id})`)
      const value = Math.round(100 * categories.accessibility.score)
      figures.push({ name: `${name}, accessibility`, value, unit: '', target: { atLeast: 100 } })
    }
    return figures
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Report {
  finalDisplayedUrl: string
  categories: { accessibility: { score: number } }
  audits: Record<string, { id: string; score: number | null; title: string }>
}

/** @returns the path of its program */
async function installed(): Promise<string> {
  const folder = resolve('node_modules/.cache', `lighthouse-${version}`)
  const program = join(folder, 'node_modules/lighthouse/cli/index.js')
  if (!existsSync(program))
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `lighthouse@${version}`])
  return program
}
