// One router works on a database at a time; others stand by. So the fleet in its memory is the whole fleet.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import pg from 'pg'

export interface ActiveRouter {
  /** Resolves when the lock was lost with its connection: this router must stop working. */
  lost: Promise<void>
  release(): Promise<void>
}

/** Any constant will do; this one is ours. */
const lockId = 7_237_003
const pollMs = 1_000

/** Waits until this router is the active one. @param signal ends the wait */
export async function becomeActive(
  databaseUrl: string,
  clock: Clock,
  log: Log,
  signal?: AbortSignal,
): Promise<ActiveRouter> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'xerotier-router-active' })
  await client.connect()
  const { promise: lost, resolve } = Promise.withResolvers<void>()
  client.on('error', () => resolve())
  client.on('end', () => resolve())
  for (let said = false; ; ) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockId])
    if (rows[0]!.locked) break
    if (!said) log.notice({}, 'another router is active on this database; standing by')
    said = true
    signal?.throwIfAborted()
    await new Promise<void>((wake) => {
      const keepAlive = setInterval(() => {}, 1 << 30)
      clock.after(pollMs, () => {
        clearInterval(keepAlive)
        wake()
      })
    })
  }
  return { lost, release: () => client.end() }
}
