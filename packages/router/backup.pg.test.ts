// The lines of docs/BACKUP.md, as written, against Debian's PostgreSQL 15 and its pg_dump.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { debianPostgresPrograms, startDebianPostgres, withoutDebianPostgres } from '@xerotier/devkit/debian-postgres.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'

const skip = withoutDebianPostgres
const guide = readFileSync(join(import.meta.dirname, '../../docs/BACKUP.md'), 'utf8')

/** The lines of a block of the guide. */
function linesOf(name: string): string {
  const [, lines = assert.fail(name)] = new RegExp(`\`\`\`sh ${name}\\n(.*?)\`\`\``, 's').exec(guide) ?? []
  return lines
}

function run(name: string, env: { BACKUP: string; STATE_DIR: string; XEROTIER_DATABASE_URL: string }) {
  return spawnSync('sh', ['-eu', '-c', linesOf(name)], {
    env: { PATH: `${debianPostgresPrograms}:${process.env.PATH}`, ...env },
    encoding: 'utf8',
  })
}

test('a backup that was made while the router worked is restored, and runs nothing a second time', {
  skip,
}, async (t) => {
  const postgres = await startDebianPostgres()
  t.after(() => postgres.stop())
  const { folder } = postgres
  const [before, after] = [await postgres.database('before'), await postgres.database('after')]

  const system = await startRouterForTests({ databaseUrl: before })
  t.after(() => system.stop())
  const tools = [toolOf('drop', { risk: 'write', idempotent: false })]
  const worker = await servingAgent(system.client, 'worker', 'lab', tools)
  const { id } = await system.client.call('invocations.submit', { body: { workspace: 'lab', tool: 'drop', args: {} } })
  const call = await worker.agent.next('dispatch')
  await until('the seal', async () => (await system.client.call('audit.log')).kept_checkpoint ?? undefined)
  const BACKUP = join(folder, 'backup')
  const made = run('backup', { BACKUP, STATE_DIR: system.stateDir, XEROTIER_DATABASE_URL: before })
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
  const inUse = run('restore', { BACKUP, STATE_DIR: join(folder, 'other'), XEROTIER_DATABASE_URL: before })
  assert.notEqual(inUse.status, 0)
  assert.match(inUse.stderr, /already exists/)
  assert.equal((await system.client.call('executions.show', { params: { id } })).state, 'completed')

  const done = run('restore', { BACKUP, STATE_DIR, XEROTIER_DATABASE_URL: after })
  assert.equal(done.status, 0, done.stderr)
  await system.restart({ databaseUrl: after, stateDir: STATE_DIR, bootstrap: undefined })
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
