// One router works on a database at a time; others stand by. So the fleet in its memory is the whole fleet.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import pg from 'pg'

export interface ActiveRouter {
  /** Resolves when another router has taken over: this one must stop working. */
  lost: Promise<void>
  release(): Promise<void>
}

/** Any constant will do; this one is ours. */
const lockId = 7_237_003
const pollMs = 1_000

/**
 * Waits until this router is the active one. The lock lives with its connection: when Postgres restarts it is taken again,
 * and only when another router was faster is it lost.
 */
export async function becomeActive(databaseUrl: string, clock: Clock, log: Log): Promise<ActiveRouter> {
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>()
  let client: pg.Client | undefined
  let released = false

  /** @returns false when another router holds the lock */
  async function take(): Promise<boolean> {
    const fresh = new pg.Client({ connectionString: databaseUrl, application_name: 'xerotier-router-active' })
    // Without a listener a lost connection would end the process.
    fresh.on('error', () => {})
    await fresh.connect()
    const { rows } = await fresh
      .query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockId])
      .catch(async (error) => {
        await fresh.end().catch(() => {})
        throw error
      })
    if (rows[0]!.locked !== true || released) {
      await fresh.end()
      return false
    }
    client = fresh
    fresh.on('end', () => {
      if (!released)
        retake().catch((error) => log.error({ error }, 'the lock on the database could not be taken again'))
    })
    return true
  }

  async function retake(): Promise<void> {
    log.warning({}, 'the lock on the database was lost with its connection')
    while (!released) {
      try {
        if (await take()) return log.notice({}, 'the lock on the database is held again')
        return released ? undefined : lose()
      } catch {
        await pause(clock, pollMs / 4)
      }
    }
  }

  const standsBy = (error: unknown) => {
    // The database that the active router loses comes back for both.
    log.warning({ error }, 'the database is away; still standing by')
    return false
  }
  for (let said = false; !(await (said ? take().catch(standsBy) : take())); said = true) {
    if (!said) log.notice({}, 'another router is active on this database; standing by')
    await pause(clock, pollMs)
  }
  return {
    lost,
    async release() {
      released = true
      await client?.end()
    },
  }
}

/** All that a standby router does is wait, so unlike other timers this keeps the process alive. */
function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => {}, 1 << 30)
    clock.after(ms, () => {
      clearInterval(keepAlive)
      resolve()
    })
  })
}
