// One router works on a database at a time, and others stand by. So the fleet in its memory is the
// whole fleet.
//
// The lock says who may begin. It does not end who was active before: a process that was paused, or
// cut off from the database, does not know that it was overtaken. So each router writes its tenure
// into the database and ends the working connections of the one before. A connection that is opened
// later asks whether the tenure still stands (`confirm`).
import { randomUUID } from 'node:crypto'
import { type Clock, every } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import './store/pg-internals.ts'

export interface ActiveRouter {
  /** Resolves when another router has taken over: this one must stop working. */
  lost: Promise<void>
  /** Asks on a new connection that may write whether the tenure still stands. @throws Overtaken */
  confirm(client: pg.ClientBase): Promise<void>
  release(): Promise<void>
}

/** Another router works on the database. */
export class Overtaken extends Error {}

/** What the connections of a router that writes are called. */
export const workingConnections = { pool: 'xerotier-router', lane: 'xerotier-router-lane' }

/** Any constant will do; this one is ours. */
const lockId = 7_237_003
const pollMs = 1_000
/** How long the database may take to say that the connection stands. */
const answerMs = 5_000
/** How long a backend may take to end once it is told to, ms. */
const endingMs = 1_000

/** What tells one backend from all others, also behind another server: pids come again. */
interface Backend {
  pid: number
  since: string
}

/**
 * Waits until this router is the active one. The lock lives with its connection. When Postgres
 * starts again it is taken again, and it is lost when another router was active meanwhile.
 * @param prepare runs under the lock, before the tenure begins: brings the schema up to date
 */
export async function becomeActive(
  databaseUrl: string,
  clock: Clock,
  log: Log,
  prepare: () => Promise<void> = async () => {},
): Promise<ActiveRouter> {
  const tenure = randomUUID()
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>()
  let client: pg.Client | undefined
  let backend: Backend | undefined
  let released = false
  let retaking = false

  /** @returns the connection that holds the lock now; undefined when another router does */
  async function take(): Promise<pg.Client | undefined> {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'xerotier-router-active',
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    })
    // Without a listener a lost connection would end the process.
    fresh.on('error', () => {})
    await fresh.connect()
    try {
      const { rows } = await fresh.query<Backend & { locked: boolean }>(
        `select pid, backend_start::text as since, pg_try_advisory_lock($1) as locked
         from pg_stat_activity where pid = pg_backend_pid()`,
        [lockId],
      )
      const [found] = rows
      if (found === undefined) throw new Error('a connection does not see itself in pg_stat_activity')
      const { locked, ...own } = found
      if (!locked || released) {
        if (!locked && backend !== undefined && (await endBackend(fresh, backend)))
          throw new Error('our own earlier connection held the lock')
        await fresh.end()
        return undefined
      }
      client = fresh
      backend = own
    } catch (error) {
      hangUp(fresh)
      throw error
    }
    const heartbeat = every(clock, pollMs, async () => {
      const answering = await pidOf(fresh)
      if (answering === undefined || answering === backend?.pid || client !== fresh) return
      log.critical({}, 'the connection that holds the lock is shared by a pooler: the lock does not hold')
      lose()
    })
    fresh.on('end', () => {
      heartbeat.cancel()
      // Two at once would take each other's connection for an old one of ours, and end it.
      if (!released && !retaking)
        retake().catch((error) => log.error({ error }, 'the lock on the database could not be taken again'))
    })
    return fresh
  }

  async function retake(): Promise<void> {
    log.warning({}, 'the lock on the database was lost with its connection')
    retaking = true
    while (!released) {
      let held: pg.Client | undefined
      try {
        held = await take()
        const isOurs = held !== undefined && (await stands(held, tenure))
        if (!isOurs) return released ? undefined : lose()
        retaking = false
        return log.notice({}, 'the lock on the database is held again')
      } catch {
        // Nobody knows in which state it is, and the next one is to have the lock.
        if (held !== undefined) hangUp(held)
        await pause(clock, pollMs / 4)
      }
    }
  }

  const standsBy = (error: unknown) => {
    // The database that the active router loses comes back for both.
    log.warning({ error }, 'the database is away; still standing by')
    return undefined
  }
  let held = await take()
  if (held === undefined) log.notice({}, 'another router is active on this database; standing by')
  while (held === undefined) {
    await pause(clock, pollMs)
    held = await take().catch(standsBy)
  }
  async function release(): Promise<void> {
    released = true
    if (client === undefined) return
    const held = client
    const silent = clock.after(answerMs, () => hangUp(held))
    await held.end()
    silent.cancel()
  }

  try {
    await prepare()
    await begin(held, tenure)
  } catch (error) {
    await release()
    throw error
  }
  return {
    lost,
    async confirm(fresh) {
      if (!(await stands(fresh, tenure))) throw new Overtaken('another router is active on this database')
    },
    release,
  }
}

/**
 * Writes the tenure, so that no connection of an earlier one is confirmed any more, and then ends
 * those that were.
 */
async function begin(client: pg.Client, tenure: string): Promise<void> {
  await client.query(
    'insert into active_router (tenure) values ($1) on conflict (only_one) do update set tenure = $1, since = now()',
    [tenure],
  )
  const { rows } = await client.query<{ ended: boolean }>(
    `select pg_terminate_backend(pid, ${endingMs}) as ended from pg_stat_activity
     where datname = current_database() and usename = current_user and application_name = any($1)`,
    [Object.values(workingConnections)],
  )
  if (rows.some(({ ended }) => !ended))
    throw new Error('a connection of the router that was active before does not end')
}

async function stands(client: pg.ClientBase, tenure: string): Promise<boolean> {
  return (await client.query('select from active_router where tenure = $1', [tenure])).rowCount === 1
}

/**
 * Whose answer comes back. A server that went away without a word says nothing; asked, a connection
 * to it proves broken.
 */
async function pidOf(client: pg.Client): Promise<number | undefined> {
  try {
    return (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  } catch {
    hangUp(client)
    return undefined
  }
}

/** At once; `client.end()` would wait for the other side. */
function hangUp(client: pg.Client): void {
  client.connection.stream.destroy()
}

/**
 * Ends the backend that holds the lock, if it is ours: our connection broke, and it does not know.
 */
async function endBackend(client: pg.Client, { pid, since }: Backend): Promise<boolean> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and objid = $1 and granted and pid = $2 and backend_start::text = $3`,
    [lockId, pid, since],
  )
  return rowCount === 1
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
