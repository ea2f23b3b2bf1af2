// The router's own Postgres, when no XEROTIER_DATABASE_URL names another.
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { postgresAccount } from './account.ts'
import { ensureCluster, role } from './cluster.ts'
import { lockFolder } from './folder-lock.ts'
import { stopOrphan } from './orphan.ts'
import { placeCluster } from './placement.ts'
import { usablePrograms } from './programs.ts'
import { startServer } from './server.ts'
import { supervise } from './supervise.ts'

export interface EmbeddedPostgresOptions {
  /**
   * The router's state folder. The cluster is `postgres` in it (as root a symlink to where it is).
   */
  stateDir: string
  log: Log
  clock: Clock
  /** Server settings that differ from ours. Tests only. */
  settings?: Record<string, string>
  /** Where root's clusters are. */
  systemDir?: string
}

export interface EmbeddedPostgres {
  /** For `pg` and libpq: over the unix socket, no password. */
  url: string
  /** Postmaster's pid of now; it changes when a dead one was replaced. */
  pid(): number
  /** Fast shutdown, awaited. */
  stop(): Promise<void>
}

/** Outside of the router's state folder, which is 0700, and of the agent's, which is its user's. */
export const rootsClusters = '/var/lib/xerotier-postgres'

const ourSettings: Record<string, string> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Rows and statements may hold secrets: neither goes to the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

/**
 * Makes the cluster on first use, replaces a postmaster whose router died, recovers after a crash,
 * and restarts the server should it die.
 * @throws when another live router uses the folder, or the cluster is of another major version
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, clock } = options
  const account = postgresAccount()
  const systemDir = options.systemDir ?? rootsClusters
  const place = await placeCluster({ stateDir: options.stateDir, account, systemDir })
  const lock = lockFolder(place.root)
  try {
    for (const path of place.leftBehind) {
      log.notice({ path }, 'a cluster of an earlier state folder is still here; delete it when it is not wanted')
    }
    const programs = await usablePrograms(place.programs, account)
    await stopOrphan(place.data, clock, log)
    const came = await ensureCluster(place.data, programs, account)
    const server = await supervise(
      () =>
        startServer({
          program: programs.postgres,
          data: place.data,
          socketDir: place.socketDir,
          account,
          settings: { ...ourSettings, ...options.settings },
          log,
        }),
      clock,
      log,
    )
    try {
      await ensureDatabase(urlOf(place.socketDir, 'postgres'))
    } catch (error) {
      await server.stop()
      throw error
    }
    log.info({ path: place.root, cluster: came, postgres_pid: server.pid() }, 'postgres is up')
    return {
      url: urlOf(place.socketDir, role),
      pid: server.pid,
      async stop() {
        await server.stop()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Of the cluster that is there, whether it runs or not; undefined when there is none. */
export async function findEmbeddedPostgres(stateDir: string): Promise<string | undefined> {
  if ((await lstat(join(stateDir, 'postgres')).catch(() => undefined)) === undefined) return undefined
  const { socketDir } = await placeCluster({ stateDir, account: postgresAccount(), systemDir: rootsClusters })
  return urlOf(socketDir, role)
}

function urlOf(socketDir: string, database: string): string {
  return `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(socketDir)}`
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [role])
    if (rowCount === 0) await client.query(`create database ${role}`)
  } finally {
    await client.end()
  }
}
