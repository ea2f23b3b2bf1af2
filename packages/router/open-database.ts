import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { becomeActive } from './active-router.ts'
import { checkDatabase } from './check-database.ts'
import { contentsOf } from './domain/encryption/contents.ts'
import { createEventLog } from './domain/events/reader.ts'
import { loadIdentity } from './domain/identity.ts'
import { startEmbeddedPostgres } from './postgres/embedded.ts'
import { openStore } from './store/database.ts'
import { openLanes } from './store/lanes/lanes.ts'
import { migrate } from './store/migrate.ts'

export interface DatabaseOptions {
  clock: Clock
  log: Log
  /** Of the keys, and of the embedded Postgres, when there is no `databaseUrl`. */
  stateDir: string
  encryptionKeys?: readonly Buffer[] | undefined
  databaseUrl?: string | undefined
  lanes?: number
}

/** Ends something that was started. */
export type Stop = () => Promise<unknown> | unknown

/** The database of this router alone, its schema up to date, and the connections to it. */
export async function openDatabase({ clock, log, stateDir, ...options }: DatabaseOptions, started: Stop[]) {
  let { databaseUrl } = options
  if (databaseUrl === undefined) {
    const postgres = await startEmbeddedPostgres({ stateDir, log, clock })
    started.push(() => postgres.stop())
    databaseUrl = postgres.url
  }
  const url = databaseUrl
  await checkDatabase(url)
  const active = await becomeActive(url, clock, log, async () => {
    const ambiguous = await migrate(url)
    if (ambiguous !== undefined)
      log.warning({ ambiguous }, 'the database is a restored backup: calls that may have run since are ambiguous')
  })
  started.push(() => active.release())
  const onConnect = active.confirm
  const identity = loadIdentity(stateDir, options.encryptionKeys)
  const store = openStore(url, {
    connections: 16,
    clock,
    contents: contentsOf(identity.keyring),
    onConnect,
    onError: (error) => log.warning({ error }, 'a database connection was lost'),
  })
  started.push(() => store.close())
  const eventLog = createEventLog({ databaseUrl: url, clock, log })
  started.push(() => eventLog.close())
  const lanes = await openLanes({
    databaseUrl: url,
    lanes: options.lanes ?? 2,
    patienceMs: 10_000,
    clock,
    log,
    onConnect,
    committed: () => eventLog.wake(),
  })
  started.push(() => lanes.close())
  return { active, records: { store, clock, log, eventLog }, lanes, identity }
}
