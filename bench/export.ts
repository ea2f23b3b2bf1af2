// What a router takes while it makes an archive of a million calls.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fillWithRows } from '@xerotier/devkit/many-rows.ts'
import { cloneDatabase, startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { startRouter } from '@xerotier/router/router.ts'
import { openStore } from '@xerotier/router/store/database.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import type { Bench } from './bench.ts'
import type { Report } from './figure.ts'

const calls = 1_000_000
const project = 'proj_many'
const sampleMs = 200
const MiB = 1024 * 1024

export async function measureExport({ cleanup }: Bench): Promise<Report> {
  const postgres = await startPostgresForTests()
  cleanup.defer(() => postgres.stop())
  process.env[testPostgresVariable] = postgres.url
  const { url } = await cloneDatabase()
  const filler = openStore(url, { connections: 1, clock: systemClock, onError() {} })
  const now = new Date()
  await filler.db.insertInto('projects').values({ id: project, slug: 'many', name: 'many', created_at: now }).execute()
  await fillWithRows(url, project, calls)
  // What is there was told and sealed: this is about the export alone.
  await filler.pool.query(
    `insert into followers (name, holder, xid, seq, updated_at)
     select name, gen_random_uuid(), pg_snapshot_xmin(pg_current_snapshot()), 0, now() from unnest($1::text[]) as name`,
    [['audit', 'notifications', 'who-left']],
  )
  await filler.pool.query('analyze')
  await filler.close()

  const stateDir = mkdtempSync(join(tmpdir(), 'xerotier-export-'))
  cleanup.defer(() => rmSync(stateDir, { recursive: true, force: true }))
  const router = await startRouter({
    clock: systemClock,
    log: silentLog,
    stateDir,
    databaseUrl: url,
    http: { host: '127.0.0.1', port: 0 },
    dataPlane: { address: 'tcp://127.0.0.1:0' },
  })
  cleanup.defer(() => router.stop())
  const { pool } = router.core.store
  globalThis.gc?.()
  const idle = process.memoryUsage.rss()
  await pool.query(
    `insert into exports (id, project_id, type, format, since, until, state, created_by, created_at)
     values ('exp_many', $1, 'executions', 'ndjson', 'epoch', now(), 'pending', 'bench', now())`,
    [project],
  )
  const from = performance.now()
  let most = 0
  while (true) {
    most = Math.max(most, process.memoryUsage.rss())
    const { rows } = await pool.query<{ state: string; rows: number; bytes: number | null; error: string | null }>(
      `select state, rows, bytes, error from exports where id = 'exp_many'`,
    )
    const [row] = rows
    if (row?.state === 'failed') throw new Error(`the export failed: ${row.error}`)
    if (row?.state === 'completed') {
      const seconds = (performance.now() - from) / 1000
      return {
        figures: [
          {
            name: `router with its export of ${row.rows} calls`,
            value: most / MiB,
            unit: 'MB',
            target: { atMost: 300 },
          },
        ],
        lines: [
          `${row.rows} calls in ${seconds.toFixed(0)} s, an archive of ${((row.bytes ?? 0) / MiB).toFixed(0)} MiB; before it ${(idle / MiB).toFixed(0)} MB`,
        ],
      }
    }
    await setTimeout(sampleMs)
  }
}
