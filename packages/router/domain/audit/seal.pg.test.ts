import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { agentActor } from '../actor.ts'
import { auditWorld } from './audit-world.fixture.ts'
import { listRecords } from './records.ts'

test('everything that happens is sealed, of each project in a log of its own', async (t) => {
  const world = await auditWorld(t)
  await Promise.all([world.append('proj_a', 700), world.append('proj_b', 5), world.append('proj_a', 30)])
  assert.deepEqual([await world.sealed('proj_a'), await world.sealed('proj_b')], [730, 5])
  for (const [project, size] of [
    ['proj_a', 730],
    ['proj_b', 5],
  ] as const) {
    const { checkpoint, records, findings } = await world.verify(project)
    assert.deepEqual(
      [checkpoint?.origin, checkpoint?.size, records, findings],
      [`xerotier-audit/${project}`, size, size, []],
    )
  }
})

test('a log that grows in steps has the root of one that was sealed at once', async (t) => {
  const world = await auditWorld(t)
  for (const count of [1, 254, 1, 1, 255, 256, 300]) {
    await world.append('proj_a', count)
    await world.sealed('proj_a')
    assert.deepEqual((await world.verify('proj_a')).findings, [])
  }
})

test('rows of the log refuse to be changed or removed', async (t) => {
  const world = await auditWorld(t)
  await world.append('proj_a', 3)
  await world.sealed('proj_a')
  for (const statement of [
    `update audit_tiles set hashes = '\\x00'`,
    `update audit_tiles set seqs = '{9,9,9}'`,
    'delete from audit_tiles',
    `update audit_checkpoints set note = ''`,
    'delete from audit_checkpoints',
    `update events set actor = 'nobody'`,
    'delete from events',
  ])
    await assert.rejects(world.store.pool.query(statement), { code: 'XE002' }, statement)
})

test('a clock that jumps back while records are sealed changes nothing about the proof', async (t) => {
  const clock = settableClock()
  const world = await auditWorld(t, clock)
  const step = async (count: number, size: number) => {
    await world.append('proj_a', count)
    await until('the seal', async () => {
      await clock.advance(20)
      const { rows } = await world.store.pool.query(`select max(size) as size from audit_checkpoints`)
      return Number(rows[0].size) === size || undefined
    })
  }
  await step(10, 10)
  clock.setWall(clock.now() - 3_600_000)
  await step(300, 310)
  assert.deepEqual((await world.verify('proj_a')).findings, [])
})

test('what was sealed and is cut off, or rolled back, is signed over by no restart', async (t) => {
  const world = await auditWorld(t)
  await world.append('proj_a', 300)
  await world.sealed('proj_a')
  await world.restart(async () => {
    const client = await world.store.pool.connect()
    await client.query('begin')
    await client.query(`set local session_replication_role = 'replica'`)
    await client.query('delete from audit_checkpoints')
    await client.query('delete from audit_tiles where n = 1 and level = 0')
    await client.query('commit')
    client.release()
  })
  await world.append('proj_a', 5)
  await until(
    'the refusal',
    async () => world.lines.some(({ msg }) => /not the one that was sealed/.test(String(msg))) || undefined,
  )
  const { rows } = await world.store.pool.query('select from audit_checkpoints')
  assert.equal(rows.length, 0)
})

test('a restart goes on with the log, also with an older checkpoint beside the database, or none', async (t) => {
  const world = await auditWorld(t)
  await world.append('proj_a', 100)
  await world.sealed('proj_a')
  const kept = await world.kept('proj_a', 100)
  await world.append('proj_a', 300)
  await world.sealed('proj_a')
  await world.restart(async () => world.core().heads.keep('proj_a', kept))
  await world.append('proj_a', 1)
  assert.equal(await world.sealed('proj_a'), 401)
  await world.restart(async () => rmSync(join(world.stateDir, 'audit'), { recursive: true }))
  await world.append('proj_a', 1)
  assert.equal(await world.sealed('proj_a'), 402)
  const note = await world.kept('proj_a', 402)
  // Torn by a loss of power.
  await world.restart(async () => world.core().heads.keep('proj_a', note.slice(0, 20)))
  await world.append('proj_a', 1)
  assert.equal(await world.sealed('proj_a'), 403)
  await world.kept('proj_a', 403)
  assert.deepEqual((await world.verify('proj_a')).findings, [])
})

test('a list that is read while its records are sealed tells each once', async (t) => {
  const world = await auditWorld(t)
  const reader = agentActor({ id: 'agt_1', name: 'one', project_id: 'proj_a' })
  for (let round = 0; round < 20; round++) {
    await world.append('proj_a', 7)
    // They are there once no transaction of the server is older: also of another database.
    await until('all records', async () => {
      const { data } = await listRecords(world.core(), reader, { limit: 100 })
      const ids = data.map(({ id }) => id)
      assert.deepEqual([...new Set(ids)], ids)
      return ids.length === Math.min(100, 7 * (round + 1)) || undefined
    })
  }
})
