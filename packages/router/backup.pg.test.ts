// The lines of docs/BACKUP.md, as written, against Debian's PostgreSQL 15 and its pg_dump.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { postgresAccount } from './postgres/account.ts'
import { ensureCluster, role } from './postgres/cluster.ts'
import { placeCluster } from './postgres/placement.ts'
import { startServer } from './postgres/server.ts'

const bin = '/usr/lib/postgresql/15/bin'
const skip = existsSync(join(bin, 'pg_dump')) ? false : 'needs PostgreSQL 15 of Debian (apt install postgresql-15)'
const guide = readFileSync(join(import.meta.dirname, '../../docs/BACKUP.md'), 'utf8')

/** The lines of a block of the guide. */
function linesOf(name: string): string {
  const [, lines = assert.fail(name)] = new RegExp(`\`\`\`sh ${name}\\n(.*?)\`\`\``, 's').exec(guide) ?? []
  return lines
}

function run(name: string, env: { BACKUP: string; STATE_DIR: string; XEROTIER_DATABASE_URL: string }) {
  return spawnSync('sh', ['-eu', '-c', linesOf(name)], {
    env: { PATH: `${bin}:${process.env.PATH}`, ...env },
    encoding: 'utf8',
  })
}

test('a backup that was made while the router worked is restored, and runs nothing a second time', {
  skip,
}, async (t) => {
  // Short: the path of a socket holds 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'x-'))
  chmodSync(folder, 0o755)
  const account = postgresAccount()
  const place = await placeCluster({ stateDir: join(folder, 'state'), account, systemDir: join(folder, 's') })
  const programs = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), majorVersion: '15' }
  await ensureCluster(place.data, programs, account)
  const { data, socketDir } = place
  const settings = { listen_addresses: '', fsync: 'off' }
  const server = await startServer({ program: programs.postgres, data, socketDir, account, settings, log: silentLog })
  t.after(async () => {
    await server.stop(systemClock)
    rmSync(folder, { recursive: true, force: true })
  })
  const urlOf = (name: string) => `postgresql://${role}@localhost/${name}?host=${encodeURIComponent(socketDir)}`
  const query = async (name: string, text: string) => {
    const client = new pg.Client({ connectionString: urlOf(name) })
    await client.connect()
    const { rows } = await client.query(text)
    await client.end()
    return rows
  }
  await query('postgres', 'create database before')
  await query('postgres', 'create database after')

  const system = await startRouterForTests({ databaseUrl: urlOf('before') })
  t.after(() => system.stop())
  const tools = [toolOf('drop', { risk: 'write', idempotent: false })]
  const worker = await servingAgent(system.client, 'worker', 'lab', tools)
  const { id } = await system.client.call('invocations.submit', { body: { workspace: 'lab', tool: 'drop', args: {} } })
  const call = await worker.agent.next('dispatch')
  await until('the seal', async () => (await system.client.call('audit.log')).kept_checkpoint ?? undefined)
  const BACKUP = join(folder, 'backup')
  const made = run('backup', { BACKUP, STATE_DIR: system.stateDir, XEROTIER_DATABASE_URL: urlOf('before') })
  assert.equal(made.status, 0, made.stderr)
  for (const name of [
    BACKUP,
    join(BACKUP, 'database.dump'),
    ...readdirSync(join(BACKUP, 'keys')).map((key) => join(BACKUP, 'keys', key)),
  ])
    assert.equal(statSync(name).mode & 0o077, 0, name)

  // After it the agent ends the call, and has forgotten it by then.
  await worker.answer(call)
  worker.agent.close()

  const STATE_DIR = join(folder, 'new-state')
  const inUse = run('restore', { BACKUP, STATE_DIR: join(folder, 'other'), XEROTIER_DATABASE_URL: urlOf('before') })
  assert.notEqual(inUse.status, 0)
  assert.match(inUse.stderr, /already exists/)
  assert.equal((await system.client.call('executions.show', { params: { id } })).state, 'completed')

  const done = run('restore', { BACKUP, STATE_DIR, XEROTIER_DATABASE_URL: urlOf('after') })
  assert.equal(done.status, 0, done.stderr)
  await system.restart({ databaseUrl: urlOf('after'), stateDir: STATE_DIR, bootstrap: undefined })
  assert.equal((await system.client.call('executions.show', { params: { id } })).state, 'ambiguous')
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
