// The database of a router, whether the router runs or not.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../postgres/embedded.ts'

export interface Reach {
  stateDir: string
  databaseUrl?: string | undefined
  clock: Clock
  log: Log
}

export interface Reached {
  client: pg.Client
  close(): Promise<void>
}

/**
 * Connects to it. The router's own Postgres is taken as it runs, and started for so long otherwise.
 * @param running whether one that runs will do
 */
export async function reachDatabase({ stateDir, databaseUrl, clock, log }: Reach, running = true): Promise<Reached> {
  if (databaseUrl !== undefined) return connected(databaseUrl)
  const known = running ? await findEmbeddedPostgres(stateDir) : undefined
  const reached = known === undefined ? undefined : await connected(known).catch(() => undefined)
  if (reached !== undefined) return reached
  const own = await startEmbeddedPostgres({ stateDir, clock, log })
  try {
    const { client, close } = await connected(own.url)
    return {
      client,
      async close() {
        await close()
        await own.stop()
      },
    }
  } catch (error) {
    await own.stop()
    throw error
  }
}

async function connected(url: string): Promise<Reached> {
  const client = new pg.Client({ connectionString: url, application_name: 'xerotier-router-backup' })
  client.on('error', () => {})
  await client.connect()
  return { client, close: () => client.end() }
}
