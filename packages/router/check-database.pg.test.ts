import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { debianProgram } from '@xerotier/devkit/debian-program.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import { checkDatabase } from './check-database.ts'

async function command(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

test('a database of our own passes', async () => {
  await checkDatabase((await cloneDatabase()).url)
})

test('a database that may only be read is refused', async () => {
  const { url } = await cloneDatabase()
  await command(url, `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`)
  await assert.rejects(checkDatabase(url), { message: /may only be read/, exitCode: 78 })
})

for (const setting of ['statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout']) {
  test(`a ${setting} that would cut the router's work is refused, a long one is not`, async () => {
    const { url } = await cloneDatabase()
    const database = new URL(url).pathname.slice(1)
    await command(url, `alter database ${database} set ${setting} = '29s'`)
    await assert.rejects(checkDatabase(url), { message: new RegExp(`${setting} is 29000 ms`), exitCode: 78 })
    await command(url, `alter database ${database} set ${setting} = '10min'`)
    await checkDatabase(url)
  })
}

const pgbouncer = debianProgram('pgbouncer')
const skip = typeof pgbouncer === 'string' && pgbouncer

/** A PgBouncer of the test's own in front of a database. */
async function bouncer(t: TestContext, settings: Record<string, string>, connectQuery = 'select 1'): Promise<string> {
  const { url } = await cloneDatabase()
  const { searchParams, hostname, username, pathname } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-bouncer-'))
  chmodSync(folder, 0o755)
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  await once(free, 'close')
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'any',
    ...settings,
  }
  const socketDir = searchParams.get('host') ?? hostname
  const target = `host=${socketDir} dbname=${pathname.slice(1)} user=${username} connect_query='${connectQuery}'`
  // It does not run as root, and must get at the socket.
  const { uid, gid } = statSync(socketDir)
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  writeFileSync(join(folder, 'ini'), ['[databases]', `db = ${target}`, '[pgbouncer]', ...lines, ''].join('\n'))
  if (typeof pgbouncer === 'string') return assert.fail(pgbouncer)
  const { path, env } = pgbouncer
  const child = spawn(path, [join(folder, 'ini')], { stdio: 'ignore', uid, gid, env: { ...process.env, ...env } })
  t.after(async () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })
  const through = `postgres://${username}@127.0.0.1:${port}/db`
  await until('PgBouncer to serve', async () => {
    assert.equal(child.exitCode, null)
    return command(through, 'select 1').then(
      () => true,
      () => undefined,
    )
  })
  return through
}

test('a pooler that refuses the options of connections is refused', { skip, timeout: 180_000 }, async (t) => {
  const url = await bouncer(t, { pool_mode: 'session' })
  await assert.rejects(checkDatabase(url), { message: /refuses the options.*Let XEROTIER_DATABASE_URL name Postgres/ })
})

test('a pooler that drops the options of connections is refused', { skip, timeout: 180_000 }, async (t) => {
  const url = await bouncer(t, { pool_mode: 'session', ignore_startup_parameters: 'options' })
  await assert.rejects(checkDatabase(url), { message: /drops the options.*Let XEROTIER_DATABASE_URL name Postgres/ })
})

test('a pooler that shares connections between transactions is refused', { skip, timeout: 180_000 }, async (t) => {
  const settings = { pool_mode: 'transaction', ignore_startup_parameters: 'options' }
  const url = await bouncer(t, settings, 'set enable_seqscan = off')
  await assert.rejects(checkDatabase(url), { message: /shares them between transactions.*Let XEROTIER_DATABASE_URL/ })
})
