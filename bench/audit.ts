// How long a million records of the audit log take to be sealed, and to be verified: against the
// router, by the command as it ships.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createClient } from '@xerotier/client/client.ts'
import { cleanEnvironment, until } from '../scripts/start/child.ts'
import { clone } from '../scripts/start/state.ts'
import type { Bench } from './bench.ts'
import type { Report } from './figure.ts'
import { startOnOldDatabase } from './old-database.ts'

/** Three events each. */
const calls = 333_334
const patienceMs = 3_600_000
const lookMs = 1_000

export async function measureAudit(bench: Bench): Promise<Report> {
  const router = await startOnOldDatabase(bench, { calls, isSealed: false })
  const client = createClient(router)
  const sealing = performance.now()
  const size = await until(router.process, patienceMs, async () => {
    // Whoever asks all the time would be what is measured.
    await setTimeout(lookMs)
    const { size } = await client.call('audit.log')
    return size >= 3 * calls ? size : undefined
  })
  const sealed = (performance.now() - sealing) / 1000

  const verifying = performance.now()
  const child = spawn(process.execPath, [join(clone, 'packages/xeroctl/bin/xeroctl.js'), 'audit', 'verify'], {
    env: { ...cleanEnvironment(process.env), XEROTIER_BASE_URL: router.baseUrl, XEROTIER_API_KEY: router.apiKey },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`audit verify ended with ${status}`)
  const seconds = (performance.now() - verifying) / 1000
  return {
    figures: [{ name: `${size} records verified`, value: seconds, unit: 's', target: { atMost: 60 } }],
    lines: [`${size} records sealed in ${sealed.toFixed(0)} s`],
  }
}
