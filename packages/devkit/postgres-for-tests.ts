// Real Postgres for tests: one cluster a test run, one migrated template in it, one clone of that
// (about 40 ms) a test file. `npm test` starts the cluster and names it in the environment; a file
// that runs alone starts its own.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@xerotier/router/postgres/embedded.ts'
import { migrate } from '@xerotier/router/store/migrate.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'

/** URL of the cluster that serves a whole test run. */
export const testPostgresVariable = 'XEROTIER_TEST_POSTGRES'
const template = 'xerotier_template'

export interface PostgresForTests {
  /** Any database of the cluster, as its owner. */
  url: string
  stop(): Promise<void>
}

/**
 * A throw-away cluster with a migrated template. Not synced
 * to disk: what a test kills is a process, never the power.
 */
export async function startPostgresForTests(): Promise<PostgresForTests> {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-pg-'))
  chmodSync(folder, 0o755) // as root the server runs as another user, who must get in
  const cluster = await startEmbeddedPostgres({
    stateDir: join(folder, 'state'),
    systemDir: join(folder, 'system'),
    log: silentLog,
    clock: systemClock,
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '400', shared_buffers: '64MB' },
  })
  await command(cluster.url, `create database ${template}`)
  await migrate(withDatabase(cluster.url, template))
  await command(cluster.url, `alter database ${template} with is_template true allow_connections false`)
  return {
    url: cluster.url,
    async stop() {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface ClonedDatabase {
  url: string
  /** Another one that holds what this holds now; nobody may be connected. */
  copy(): Promise<ClonedDatabase>
  drop(): Promise<void>
}

let own: Promise<string> | undefined
/**
 * URL of a cluster for this process alone (postgres-process.ts).
 * Nothing of it keeps this process alive.
 */
function ownCluster(): Promise<string> {
  own ??= new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'postgres-process.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.once('exit', (code) => reject(new Error(`the cluster for tests ended with ${code}`)))
    child.stdout.once('data', (line: Buffer) => {
      resolve(line.toString().trim())
      child.removeAllListeners('exit')
      child.unref()
      for (const pipe of [child.stdin, child.stdout] as unknown as { unref(): void }[]) pipe.unref()
    })
  })
  return own
}

/** A migrated, empty database of this test file's own; gone with its cluster at the latest. */
export const cloneDatabase = async (): Promise<ClonedDatabase> => databaseFrom(await cluster(), template)

/** One of which no router has heard. */
export const bareDatabase = async (): Promise<ClonedDatabase> => databaseFrom(await cluster(), 'template0')

const cluster = async () => process.env[testPostgresVariable] ?? (await ownCluster())

async function databaseFrom(server: string, original: string): Promise<ClonedDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await command(server, `create database ${name} template ${original}`)
  return {
    url: withDatabase(server, name),
    copy: () => databaseFrom(server, name),
    async drop() {
      await command(server, `drop database if exists ${name} with (force)`)
    },
  }
}

function withDatabase(url: string, database: string): string {
  const named = new URL(url)
  named.pathname = `/${database}`
  return named.href
}

async function command(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
