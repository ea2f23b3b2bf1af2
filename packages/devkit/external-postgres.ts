// A Postgres that is nobody's child but the test's, which ends
// it and starts it again: what XEROTIER_DATABASE_URL names.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresAccount } from '@xerotier/router/postgres/account.ts'
import { ensureCluster, role } from '@xerotier/router/postgres/cluster.ts'
import { placeCluster } from '@xerotier/router/postgres/placement.ts'
import { usablePrograms } from '@xerotier/router/postgres/programs.ts'
import { type Server, startServer } from '@xerotier/router/postgres/server.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { until } from './faults/until.ts'

export interface ExternalPostgres {
  /** Its one database, as its owner. */
  url: string
  /**
   * SIGINT is a fast shutdown: sessions are told (57P01). SIGKILL
   * leaves a crash to recover from. Resolves when it is gone.
   */
  end(signal: 'SIGINT' | 'SIGKILL'): Promise<void>
  start(): Promise<void>
  /** For good. */
  stop(): Promise<void>
}

export async function startExternalPostgres(): Promise<ExternalPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-pg-'))
  chmodSync(folder, 0o755) // as root the server runs as another user, who must get in
  const account = postgresAccount()
  const place = await placeCluster({ stateDir: join(folder, 'state'), account, systemDir: join(folder, 'system') })
  const programs = await usablePrograms(place.programs, account)
  await ensureCluster(place.data, programs, account)
  const { data, socketDir } = place
  const settings = { listen_addresses: '' }
  const options = { program: programs.postgres, data, socketDir, account, settings, log: silentLog }
  let server: Server = await startServer(options)
  return {
    url: `postgresql://${role}@localhost/postgres?host=${encodeURIComponent(socketDir)}`,
    async end(signal) {
      process.kill(server.pid, signal)
      await server.exited
    },
    async start() {
      // The last sessions of one that was killed must notice first.
      server = await until('Postgres to start', () => startServer(options).catch(() => undefined))
    },
    async stop() {
      await server.stop(systemClock)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
