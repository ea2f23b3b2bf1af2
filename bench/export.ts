// What a router takes while it makes an archive of a million calls: the process that ships, on a
// database where all of them are already.
import { setTimeout } from 'node:timers/promises'
import { createClient } from '@xerotier/client/client.ts'
import { until } from '../scripts/start/child.ts'
import type { Bench } from './bench.ts'
import type { Report } from './figure.ts'
import { settledBytes } from './memory.ts'
import { startOnOldDatabase } from './old-database.ts'
import { mostResidentBytes } from './proc.ts'

const calls = 1_000_000
const MiB = 1024 * 1024
const patienceMs = 3_600_000
const lookMs = 1_000

export async function measureExport(bench: Bench): Promise<Report> {
  const router = await startOnOldDatabase(bench, { calls, isSealed: true })
  const { pid } = router.process
  const idle = await settledBytes(pid)

  const client = createClient(router)
  const { id } = await client.call('exports.create', {
    body: { type: 'executions', format: 'ndjson', since: '2000-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' },
  })
  const from = performance.now()
  const made = await until(router.process, patienceMs, async () => {
    // Whoever asks all the time would be what is measured.
    await setTimeout(lookMs)
    const found = await client.call('exports.show', { params: { id } })
    return ['completed', 'failed'].includes(found.state) ? found : undefined
  })
  if (made.state === 'failed') throw new Error(`the export failed: ${made.error}`)
  const seconds = (performance.now() - from) / 1000
  return {
    figures: [
      {
        name: `router with its export of ${made.rows} calls`,
        value: mostResidentBytes(pid) / MiB,
        unit: 'MB',
        target: { atMost: 300 },
      },
    ],
    lines: [
      `${made.rows} calls in ${seconds.toFixed(0)} s, an archive of ${((made.bytes ?? 0) / MiB).toFixed(0)} MiB; before it the router had ${(idle / MiB).toFixed(0)} MB`,
    ],
  }
}
