// PostgreSQL 15 as Debian has it, with the programs beside it: what many a router will have as its
// database, and what a backup is made with there.
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresAccount } from '@xerotier/router/postgres/account.ts'
import { ensureCluster, role } from '@xerotier/router/postgres/cluster.ts'
import { placeCluster } from '@xerotier/router/postgres/placement.ts'
import { startServer } from '@xerotier/router/postgres/server.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'

/** Where `pg_dump` is. */
export const debianPostgresPrograms = '/usr/lib/postgresql/15/bin'

/** For `skip` of a test. */
export const withoutDebianPostgres = existsSync(join(debianPostgresPrograms, 'pg_dump'))
  ? false
  : 'needs PostgreSQL 15 of Debian (apt install postgresql-15)'

export interface DebianPostgres {
  /** A folder of the test's own, which goes with the server. Its path is short. */
  folder: string
  /** Of an empty database that is made. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

export async function startDebianPostgres(): Promise<DebianPostgres> {
  // Short: the path of a socket holds 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'x-'))
  chmodSync(folder, 0o755)
  const account = postgresAccount()
  const place = await placeCluster({ stateDir: join(folder, 'state'), account, systemDir: join(folder, 's') })
  const programOf = (name: string) => join(debianPostgresPrograms, name)
  const programs = { initdb: programOf('initdb'), postgres: programOf('postgres'), majorVersion: '15' }
  await ensureCluster(place.data, programs, account)
  const { data, socketDir } = place
  const settings = { listen_addresses: '', fsync: 'off' }
  const server = await startServer({ program: programs.postgres, data, socketDir, account, settings, log: silentLog })
  const urlOf = (name: string) => `postgresql://${role}@localhost/${name}?host=${encodeURIComponent(socketDir)}`
  return {
    folder,
    async database(name) {
      const client = new pg.Client({ connectionString: urlOf('postgres') })
      await client.connect()
      await client.query(`create database ${client.escapeIdentifier(name)}`)
      await client.end()
      return urlOf(name)
    },
    async stop() {
      await server.stop(systemClock)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
