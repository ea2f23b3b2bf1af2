// `xerotier-router backup` and `restore`, against Debian's PostgreSQL 15 and the router's own.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { type DebianPostgres, startDebianPostgres, withoutDebianPostgres } from '@xerotier/devkit/debian-postgres.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { StartError } from '@xerotier/runtime/start-error.ts'
import pg from 'pg'
import { startEmbeddedPostgres } from '../postgres/embedded.ts'
import { backupCommandOf, runBackupCommand } from './command.ts'

const tools = [toolOf('drop', { risk: 'write', idempotent: false })]
const folder = mkdtempSync(join(tmpdir(), 'xb-'))
const backup = join(folder, 'backup')
let postgres: DebianPostgres | undefined
let system: RouterForTests
let worker: ServingAgent
let source: string
let call: string

interface Env {
  XEROTIER_STATE_DIR: string
  XEROTIER_DATABASE_URL?: string
}

/** The program as an operator starts it. */
function router(command: string, words: string[], env: Env) {
  return spawnSync(process.execPath, [join(import.meta.dirname, '../main.ts'), command, ...words], {
    encoding: 'utf8',
    env: { ...childEnvironment(), ...env },
    timeout: 600_000,
  })
}

/** What it does, in this process. */
function run(words: string[], { XEROTIER_STATE_DIR: stateDir, XEROTIER_DATABASE_URL: databaseUrl }: Env) {
  const command = backupCommandOf(words) ?? assert.fail()
  return runBackupCommand(command, { stateDir, databaseUrl }, { log: silentLog, version: 'test' })
}

/** Every row, without those that whoever opens a database writes. */
async function rowsOf(url: string): Promise<Map<string, string[]>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('migrations', 'active_router') order by 1`,
  )
  const all = new Map<string, string[]>()
  for (const { name } of rows)
    all.set(
      name,
      (await client.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)).rows.map(
        ({ row }) => row,
      ),
    )
  await client.end()
  return all
}

before(async () => {
  if (withoutDebianPostgres === false) postgres = await startDebianPostgres()
  const own = await postgres?.database('source')
  system = await startRouterForTests(own === undefined ? {} : { databaseUrl: own })
  source = own ?? system.database.url
  worker = await servingAgent(system.client, 'worker', 'lab', tools)
  call = (
    await system.client.call('invocations.submit', {
      body: { workspace: 'lab', tool: 'drop', args: { note: 'a\tb\\c\nd' } },
    })
  ).id
  const dispatched = await worker.agent.next('dispatch')
  await until('the seal', async () => (await system.client.call('audit.log')).kept_checkpoint ?? undefined)
  const made = router('backup', ['--to', backup], {
    XEROTIER_STATE_DIR: system.stateDir,
    XEROTIER_DATABASE_URL: source,
  })
  assert.equal(made.status, 0, made.stderr)
  assert.match(made.stdout, /\d+ rows of \d+ tables, and the keys of/)
  // After it the agent ends the call, and has forgotten it by then.
  await worker.answer(dispatched)
  worker.agent.close()
})
after(async () => {
  await system.stop()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('nobody but its owner reads a backup', () => {
  const all = readdirSync(backup, { recursive: true, withFileTypes: true })
  assert.ok(all.length > 10)
  for (const entry of all) assert.equal(statSync(join(entry.parentPath, entry.name)).mode & 0o077, 0, entry.name)
})

test('what is wrong is refused in words, and nothing is changed', async () => {
  const env = { XEROTIER_STATE_DIR: join(folder, 'other'), XEROTIER_DATABASE_URL: source }
  const refused = (words: string[], why: RegExp, more: Env = env) =>
    assert.rejects(
      async () => run(words, more),
      (error: Error) => error instanceof StartError && why.test(error.message),
    )
  await refused(['restore'], /needs --from <folder>/)
  await refused(['restore', '--from', folder], /no whole backup/)
  await refused(['restore', '--from', backup], /the database is in use/)
  await refused(['restore', '--from', backup], /is there already/, { ...env, XEROTIER_STATE_DIR: system.stateDir })
  await refused(['backup', '--to', backup], /is there already/)
  const damaged = join(folder, 'damaged')
  cpSync(backup, damaged, { recursive: true })
  const file = join(damaged, 'tables', 'events.copy.gz')
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
  writeFileSync(file, bytes)
  await refused(['restore', '--from', damaged], /events.copy.gz of the backup is damaged/)
  const empty = { XEROTIER_STATE_DIR: folder, XEROTIER_DATABASE_URL: await emptyDatabase('empty') }
  await refused(['backup', '--to', join(folder, 'x')], /of no router/, empty)
})

async function emptyDatabase(name: string): Promise<string> {
  if (postgres !== undefined) return postgres.database(name)
  const client = new pg.Client({ connectionString: source })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return source.replace(/\/[^/?]+(\?|$)/, `/${name}$1`)
}

test('it is restored row by row, and a router on it runs nothing a second time', {
  skip: withoutDebianPostgres,
}, async (t) => {
  const target = await emptyDatabase('target')
  const stateDir = join(folder, 'restored')
  const done = router('restore', [`--from=${backup}`], { XEROTIER_STATE_DIR: stateDir, XEROTIER_DATABASE_URL: target })
  assert.equal(done.status, 0, done.stderr)
  const [was, is] = [await rowsOf(source), await rowsOf(target)]
  assert.deepEqual([...is.keys()], [...was.keys()])
  // What nobody has changed since.
  for (const name of ['projects', 'users', 'project_members', 'workspaces', 'workspace_agent_bindings', 'versions'])
    assert.deepEqual(is.get(name), was.get(name), name)
  const since = was.get('events')?.filter((row) => !is.get('events')?.includes(row)) ?? []
  assert.ok(since.length > 0 && since.length < 10, `${since.length}`)
  assert.ok(is.get('executions')?.[0]?.includes(call))
  await system.restart({ databaseUrl: target, stateDir, bootstrap: undefined })
  const shown = await system.client.call('executions.show', { params: { id: call } })
  assert.deepEqual([shown.state, shown.args], ['ambiguous', { note: 'a\tb\\c\nd' }])
  const again = worker.again(tools)
  t.after(() => again.close())
  await again.open({ in_flight: [] })
  const other = await system.client.call('invocations.submit', { body: { workspace: 'lab', tool: 'drop', args: {} } })
  assert.equal((await again.next('dispatch')).execution_id, other.id, 'its keys are those that the agent pinned')
  await until('the seal to go on', async () => {
    const { size, kept_checkpoint, checkpoint } = await system.client.call('audit.log')
    return (size > 0 && kept_checkpoint === checkpoint) || undefined
  })
})

test("the router's own Postgres is backed up as it runs, and restored where none runs", async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'xe-'))
  chmodSync(place, 0o755)
  t.after(() => rmSync(place, { recursive: true, force: true }))
  const own = (stateDir: string) =>
    startEmbeddedPostgres({ stateDir, systemDir: join(place, 's'), log: silentLog, clock: systemClock })
  const [stateDir, restored] = [join(place, 'a'), join(place, 'b')]
  const server = await own(stateDir)
  const running = await startRouterForTests({ databaseUrl: server.url, stateDir })
  await running.client.call('workspaces.create', { body: { name: 'kept' } })
  const to = join(place, 'backup')
  await run(['backup', '--to', to], { XEROTIER_STATE_DIR: stateDir })

  // As docs/BACKUP.md says where its socket is.
  const socket = process.geteuid?.() === 0 ? `${stateDir}/postgres/server` : `${stateDir}/postgres`
  const asked = spawnSync(
    'psql',
    [`postgresql://xerotier@localhost/xerotier?host=${socket}`, '-Atc', 'select name from workspaces'],
    {
      encoding: 'utf8',
    },
  )
  if (asked.error === undefined) assert.deepEqual([asked.stdout, asked.stderr], ['kept\n', ''])
  await running.stop()
  await server.stop()

  await run(['backup', '--to', join(place, 'cold')], { XEROTIER_STATE_DIR: stateDir })
  // Its place is said once: as root it is none of the state folder.
  await (await own(restored)).stop()
  await run(['restore', '--from', to], { XEROTIER_STATE_DIR: restored })
  const again = await own(restored)
  t.after(() => again.stop())
  assert.match((await rowsOf(again.url)).get('workspaces')?.join() ?? '', /kept/)
  assert.deepEqual(readdirSync(join(restored, 'keys')), readdirSync(join(stateDir, 'keys')))
})
