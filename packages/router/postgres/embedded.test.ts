import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { postgresAccount } from './account.ts'
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-pg-'))
chmodSync(folder, 0o755)
after(() => rmSync(folder, { recursive: true, force: true }))

/** One cluster for all tests: to make one costs more than most of them. */
const options = {
  stateDir: join(folder, 'state'),
  systemDir: join(folder, 'system'),
  log: silentLog,
  clock: systemClock,
} satisfies EmbeddedPostgresOptions

let made = 0
const newTable = () => `kept_${++made}`

async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A session that does nothing; `cut` resolves when the server ends it. */
async function session(url: string): Promise<{ cut: Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  const cut = new Promise<void>((resolve) => client.once('end', () => resolve()))
  await client.connect()
  return { cut }
}

async function withPostgres(run: (postgres: EmbeddedPostgres) => Promise<void>): Promise<void> {
  const postgres = await startEmbeddedPostgres(options)
  try {
    await run(postgres)
  } finally {
    await postgres.stop()
  }
}

/** Another process that holds the cluster, as a router does, until it is killed. */
async function routerProcess(): Promise<{ child: ChildProcess; url: string; postgresPid: number }> {
  const script = fileURLToPath(new URL('./embedded.fixture.ts', import.meta.url))
  const child = spawn(process.execPath, [script, options.stateDir, options.systemDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, ...JSON.parse(line) }
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const dataFolder = () =>
  join(realpathSync(join(options.stateDir, 'postgres')), postgresAccount() ? 'server/data' : 'data')

test('what was committed is there at the next start', async () => {
  const table = newTable()
  await withPostgres(async ({ url }) => {
    await query(url, `create table ${table} (x int)`)
    await query(url, `insert into ${table} values (42)`)
  })
  await withPostgres(async ({ url }) => {
    assert.deepEqual((await query(url, `select x from ${table}`)).rows, [{ x: 42 }])
  })
})

test('it syncs commits, speaks UTF-8, and listens on no network', async () => {
  await withPostgres(async ({ url }) => {
    for (const [name, value] of Object.entries({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      listen_addresses: '',
      server_encoding: 'UTF8',
    })) {
      const { rows } = await query(url, `show ${name}`)
      assert.equal(rows[0][name], value, name)
    }
  })
})

test('only its account can enter the folder of its data and socket', async () => {
  await withPostgres(async ({ url }) => {
    const socketDir = new URL(url).searchParams.get('host')!
    assert.equal(statSync(socketDir).mode & 0o777, 0o700)
    assert.equal(statSync(options.stateDir).mode & 0o777, 0o700)
    assert.equal(statSync(dataFolder()).mode & 0o777, 0o700)
  })
})

test('a second router on the same folder is refused, and told who has it', async () => {
  await withPostgres(async () => {
    await assert.rejects(startEmbeddedPostgres(options), new RegExp(`another process \\(pid ${process.pid}\\) uses`))
  })
  const other = await routerProcess()
  await assert.rejects(startEmbeddedPostgres(options), new RegExp(`another process \\(pid ${other.child.pid}\\) uses`))
  await killed(other.child)
})

test('a router that is killed takes its postgres with it, cleanly', async () => {
  const table = newTable()
  const router = await routerProcess()
  await query(router.url, `create table ${table} as select 1 as x`)
  const { cut } = await session(router.url)
  await killed(router.child)
  await cut
  await withPostgres(async ({ url }) => assert.equal((await query(url, `select x from ${table}`)).rowCount, 1))
})

test('a postgres whose router and guard were killed is replaced', async () => {
  const table = newTable()
  const router = await routerProcess()
  await query(router.url, `create table ${table} as select 1 as x`)
  for (const guard of guardsOf(router.postgresPid)) process.kill(guard, 'SIGKILL')
  await killed(router.child)
  assert.ok(process.kill(router.postgresPid, 0), 'the orphan lives')
  await withPostgres(async ({ url, pid }) => {
    assert.notEqual(pid(), router.postgresPid)
    assert.equal((await query(url, `select x from ${table}`)).rowCount, 1)
  })
})

test('a pid file that names a stranger stops neither the start nor the stranger', async () => {
  await withPostgres(async () => {})
  const stranger = spawn('sleep', ['60'])
  await once(stranger, 'spawn')
  writeFileSync(join(dataFolder(), 'postmaster.pid'), `${stranger.pid}\n${dataFolder()}\n`)
  await withPostgres(async ({ url }) => assert.equal((await query(url, 'select 1')).rowCount, 1))
  assert.equal(stranger.exitCode ?? stranger.signalCode, null, 'it was left alone')
  stranger.kill()
})

test('a postmaster that dies comes back with everything committed', async () => {
  const table = newTable()
  await withPostgres(async ({ url, pid }) => {
    await query(url, `create table ${table} as select 1 as x`)
    const first = pid()
    const { cut } = await session(url)
    process.kill(first, 'SIGKILL')
    await cut
    let rows = 0
    while (rows === 0)
      rows = await query(url, `select x from ${table}`).then(
        ({ rowCount }) => rowCount ?? 0,
        () => 0,
      )
    assert.notEqual(pid(), first)
  })
})

test('a cluster of another major version is refused and left alone', async () => {
  await withPostgres(async () => {})
  const file = join(dataFolder(), 'PG_VERSION')
  const own = readFileSync(file, 'utf8')
  writeFileSync(file, '17\n')
  await assert.rejects(startEmbeddedPostgres(options), /is of PostgreSQL 17 and this router brings 18/)
  assert.equal(readFileSync(file, 'utf8'), '17\n')
  writeFileSync(file, own)
})

test('an interrupted creation is no cluster', async () => {
  const first = await startEmbeddedPostgres(options)
  await first.stop()
  renameSync(dataFolder(), `${dataFolder()}.new`)
  await withPostgres(async ({ url }) => assert.equal((await query(url, 'select 1')).rowCount, 1))
})

/** Pids of the shells that would stop this postmaster. */
function guardsOf(postgresPid: number): number[] {
  return processes()
    .filter(({ command }) => command.includes(`process-guard\0${postgresPid}\0`))
    .map(({ pid }) => pid)
}

function processes(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }]
      } catch {
        return []
      }
    })
}
