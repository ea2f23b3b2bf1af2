// A router on a database that has a million calls already: the process that ships.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillWithRows } from '@xerotier/devkit/many-rows.ts'
import { cloneDatabase, startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import type { Bench } from './bench.ts'
import { startRouterOn } from './system.ts'

/**
 * @param calls three events each
 * @param isSealed the followers, the audit log's among them, count all of it as theirs already
 * @returns the router, in a folder that is removed
 */
export async function startOnOldDatabase(
  { cleanup, programs }: Bench,
  { calls, isSealed }: { calls: number; isSealed: boolean },
) {
  const postgres = await startPostgresForTests()
  cleanup.defer(() => postgres.stop())
  process.env[testPostgresVariable] = postgres.url
  const { url } = await cloneDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-bench-'))
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
  // The first start makes the project; the second one finds its calls.
  const first = await startRouterOn(cleanup, folder, url, programs.router)
  await first.process.stop()
  await fill(url, calls, isSealed)
  return startRouterOn(cleanup, folder, url, programs.router)
}

async function fill(url: string, calls: number, isSealed: boolean): Promise<void> {
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  const { rows } = await db.query<{ id: string }>('select id from projects')
  await fillWithRows(url, rows[0]!.id, calls)
  if (isSealed) await db.query('update followers set xid = pg_snapshot_xmin(pg_current_snapshot()), seq = 0')
  await db.query('analyze')
  await db.end()
}
