import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { removeTiles } from '../../store/retention-events.ts'
import { auditWorld } from '../audit/audit-world.fixture.ts'
import { createRemover } from './remove-old.ts'
import { idOf } from './retention-world.fixture.ts'

const project = 'proj_a'
const dayMs = 24 * 3_600_000

/** A log whose records are a hundred days old, of a project that keeps them for thirty. */
async function oldLog(t: TestContext, records: number) {
  const clock = shiftedClock()
  clock.shift(-100 * dayMs)
  const world = await auditWorld(t, clock)
  const { pool } = world.store
  await pool.query('update projects set events_days = 30 where id = $1', [project])
  await world.append(project, records)
  await world.sealed(project)
  await world.core().heads.settled()
  clock.shift(100 * dayMs)
  const now = { ...systemClock, monotonic: () => 0 }
  return {
    ...world,
    /** One pass of a router that has just begun. */
    pass: (auditDays = 1) =>
      createRemover({ ...world.core(), clock: now, lanes: { depth: 0 }, settings: { auditDays } }).work(),
    /** Everything is in a checkpoint; what was removed is in none any more. */
    async seal() {
      await world.sealedAll(project)
      await world.core().heads.settled()
    },
    async kinds() {
      const { rows } = await pool.query('select kind, data from events where kind like $1 order by xid, seq', [
        'retention.%',
      ])
      return rows.map(({ kind, data }) => [kind.slice('retention.'.length), data])
    },
    async count(table: string, where = 'true') {
      const { rows } = await pool.query(`select count(*)::int as count from ${table} where ${where}`)
      return rows[0].count
    },
    async firstTile() {
      const { rows } = await pool.query(
        'select min(n)::int as n from audit_tiles where level = 0 and project_id = $1',
        [project],
      )
      return rows[0].n
    },
  }
}

test('events go by whole tiles of the log, after it has said so, and what is left verifies', async (t) => {
  const world = await oldLog(t, 700)
  await world.append('proj_b', 300)
  await world.sealed('proj_b')
  await world.pass()
  assert.equal(await world.count('events', `project_id = '${project}'`), 701, 'it was only said')
  const [[said, data]] = (await world.kinds()) as [[string, Record<string, unknown>]]
  assert.deepEqual([said, data.index], ['log_begins', 512])
  await world.seal()
  await world.pass()
  assert.equal(await world.firstTile(), 2)
  assert.equal(await world.count('events', `project_id = '${project}' and kind = 'agent.updated'`), 700 - 512)
  assert.equal(await world.count('audit_mentions', `n < 2 and project_id = '${project}'`), 0)
  assert.equal(await world.count('events', `project_id = 'proj_b'`), 300)
  assert.deepEqual((await world.kinds()).at(-1), ['removed', { events: 512, bytes: 0 }])
  await world.seal()
  const { findings, records, checkpoint } = await world.verify(project)
  assert.deepEqual([findings, records, checkpoint?.size], [[], 702 - 512, 702])
  // It goes on, also over a restart, with what it kept and with nothing.
  await world.append(project, 300)
  await world.seal()
  await world.restart()
  await world.append(project, 1)
  await world.seal()
  assert.deepEqual((await world.verify(project)).findings, [])
})

test('nothing goes before what says so is sealed', async (t) => {
  const world = await oldLog(t, 600)
  await world.pass()
  // As if the sealer lay behind.
  await world.store.pool.query(`update event_horizons set announced_in = '9000000000'`)
  await world.pass()
  assert.equal(await world.firstTile(), 0)
})

test('who removes more than the log says is found', async (t) => {
  const world = await oldLog(t, 900)
  await world.pass()
  await world.seal()
  await world.pass()
  await world.seal()
  assert.deepEqual((await world.verify(project)).findings, [])
  const before = await world.firstTile()
  await world.append(project, 300)
  await world.seal()
  await world.store.db.transaction().execute((tx) => removeTiles(tx, project, before))
  const { findings } = await world.verify(project)
  // With them went what had said so of those before.
  const message = `records before ${(before + 1) * 256} are gone, and no record says that they were removed`
  assert.deepEqual(findings, [{ what: 'record', index: 0, message }])
})

test('what belongs together stays: the newest tile, and all since the oldest call that is there', async (t) => {
  const world = await oldLog(t, 600)
  await world.store.pool.query(
    `insert into executions (id, project_id, workspace_id, tool, risk, at_most_once, state, args, schema_digest, digest,
       policy_version, attempt, lease_epoch, requested_by, request_id, timeout_ms, created_at)
     values ($1, $2, 'ws_1', 'look', 'read', false, 'queued', '{}', '', '', 1, 1, 1, 'key_1', 'req', 1, now() - interval '120 days')`,
    [idOf(120), project],
  )
  await world.pass()
  assert.deepEqual(await world.kinds(), [])
  await world.store.pool.query('delete from executions')
  await world.pass()
  assert.deepEqual((await world.kinds()).length, 1)
  const whole = await oldLog(t, 512)
  await whole.pass()
  assert.equal(((await whole.kinds()) as [[string, { index: number }]])[0][1].index, 256)
})

test('the audit log is kept for as long as the router is told', async (t) => {
  const world = await oldLog(t, 600)
  await world.pass(365)
  assert.deepEqual(await world.kinds(), [])
  await world.pass(60)
  assert.equal((await world.kinds()).length, 1)
})

test('nothing goes that a follower has not handled, nor while an archive is made or an incident is open', async (t) => {
  const world = await oldLog(t, 600)
  await world.pass()
  await world.seal()
  const { pool } = world.store
  const reasons = {
    follower: [
      `insert into followers (name, holder, xid, seq, updated_at) values ('slow', gen_random_uuid(), '5', 0, now())`,
      `delete from followers where name = 'slow'`,
    ],
    archive: [
      `insert into exports (id, project_id, type, format, since, until, state, created_by, created_at)
       values ('exp_1', '${project}', 'audit', 'ndjson', now(), now(), 'pending', 'usr_1', now())`,
      `delete from exports`,
    ],
    incident: [
      `insert into pauses (id, project_id, tool, state, incident, paused_by, paused_at)
       values ('pse_1', '${project}', 'look', 'active', 'INC-42', 'usr_1', now())`,
      `update pauses set state = 'ended'`,
    ],
  }
  for (const [reason, [begin = '', end = '']] of Object.entries(reasons)) {
    await pool.query(begin)
    await world.pass()
    assert.equal(await world.firstTile(), 0, reason)
    await pool.query(end)
  }
  await world.pass()
  assert.equal(await world.firstTile(), 2)
})

test('a kept checkpoint from before what is left is not compared, and sealing goes on', async (t) => {
  const world = await oldLog(t, 300)
  const kept = await world.kept(project, 300)
  await world.append(project, 500)
  await world.seal()
  await world.store.pool.query('update audit_tiles set last_at = $1', [new Date(Date.now() - 90 * dayMs)])
  await world.pass()
  await world.seal()
  await world.pass()
  assert.ok((await world.firstTile()) >= 2)
  await world.restart(async () => world.core().heads.keep(project, kept))
  await world.append(project, 1)
  await world.seal()
  assert.ok(world.lines.some(({ msg }) => /older than what retention left/.test(String(msg))))
  assert.deepEqual((await world.verify(project)).findings, [])
})
