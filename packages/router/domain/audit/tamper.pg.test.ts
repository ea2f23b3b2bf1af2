import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Tx } from '../../store/database.ts'
import { auditWorld } from './audit-world.fixture.ts'

const project = 'proj_a'
const records = 530
/** Of the first transaction. */
const first = 270
/** Named in the message of a failure, so that it can be run again. */
const seed = Number(process.env.XEROTIER_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Mulberry32. */
function chanceOf(state: number) {
  let at = state
  return (below: number): number => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** The place of a record, as SQL. */
const at = (index: number) =>
  sql.raw(
    `(xid, seq) = (select place.xid, place.seq from audit_tiles t cross join lateral unnest(t.xids, t.seqs) with ordinality as place(xid, seq, at)
    where t.project_id = '${project}' and t.level = 0 and t.n * 256 + place.at - 1 = ${index})`,
  )

const edits = [
  `actor = actor || 'x'`,
  `actor_key = 'key_2'`,
  'actor_key = null',
  `door = 'link'`,
  `kind = 'agent.deleted'`,
  `agent_id = 'agt_9'`,
  'agent_id = null',
  `workspace_id = 'ws_9'`,
  'execution_id = null',
  `approval_id = '01a22c53-97d6-7000-8454-bcb796000000'`,
  `project_id = 'proj_b'`,
  `data = data || '{"n": -1}'`,
  `data = data - 'text'`,
  `data = '{}'`,
]

type Change = (tx: Tx, chance: (below: number) => number) => Promise<unknown>

/** What somebody does who has the database, and neither the key of the log nor the state folder. */
const changes: Record<string, Change> = {
  edit: (tx, chance) =>
    sql`update events set ${sql.raw(edits[chance(edits.length)] ?? '')} where ${at(chance(records))}`.execute(tx),
  clock: (tx, chance) =>
    sql`update events set at = at + ${(chance(2) === 0 ? -1 : 1) * (1 + chance(10_000_000))}::int * interval '1 us' where ${at(chance(records))}`.execute(
      tx,
    ),
  deletion: (tx, chance) => sql`delete from events where ${at(chance(records))}`.execute(tx),
  async swap(tx, chance) {
    const one = chance(records)
    const places = sql`select e.xid, e.seq from events e where ${at(one)} or ${at((one + 1 + chance(records - 1)) % records)}`
    await sql`with pair as (${places}) update events e set data = other.data, at = other.at
      from events other where (e.xid, e.seq) in (select xid, seq from pair) and (other.xid, other.seq) in (select xid, seq from pair)
        and other.seq <> e.seq`.execute(tx)
  },
  // Behind the last record it would be a new one, which whoever writes to the database can add.
  insertion: (tx, chance) =>
    sql`insert into events (xid, at, project_id, kind, actor, data) select xid, at, project_id, kind, actor, data from events where ${at(chance(first))}`.execute(
      tx,
    ),
  insertionLongAgo: (tx) =>
    sql`insert into events (xid, at, project_id, kind, actor, data) values ('1', now(), ${project}, 'agent.deleted', 'usr_x', '{}')`.execute(
      tx,
    ),
  tile(tx, chance) {
    const byte = sql.lit(chance(32))
    const tile = sql.raw(['0, 0', '0, 1', '0, 2', '1, 0'][chance(4)] ?? '')
    return sql`update audit_tiles set hashes = set_byte(hashes, ${byte}, 255 - get_byte(hashes, ${byte}))
      where project_id = ${project} and (level, n) = (${tile})`.execute(tx)
  },
  tileAndRecord: async (tx, chance) => {
    await sql`update events set data = '{}' where ${at(chance(256))}`.execute(tx)
    await sql`update audit_tiles set hashes = sha256('what it would be') || substring(hashes from 33) where project_id = ${project} and level = 0 and n = 0`.execute(
      tx,
    )
  },
  places: (tx, chance) =>
    sql`update audit_tiles set seqs = seqs[2:] || seqs[1:1], xids = xids[2:] || xids[1:1] where project_id = ${project} and level = 0 and n = ${chance(3)}`.execute(
      tx,
    ),
  tileDeletion: (tx, chance) =>
    sql`delete from audit_tiles where project_id = ${project} and level = 0 and n = ${chance(3)}`.execute(tx),
  checkpoint: (tx, chance) => {
    const from = chance(60)
    return sql`update audit_checkpoints set note = overlay(note placing case when substring(note from ${from + 1}::int for 1) = 'x' then 'y' else 'x' end from ${from + 1}::int for 1) where project_id = ${project}`.execute(
      tx,
    )
  },
  checkpointDeletion: (tx) =>
    sql`delete from audit_checkpoints where project_id = ${project} and size = (select max(size) from audit_checkpoints where project_id = ${project})`.execute(
      tx,
    ),
}

test('1,000 changes made directly in the database are all found', async (t) => {
  const world = await auditWorld(t)
  await world.append(project, first)
  await world.append('proj_b', 40)
  await world.sealed(project)
  await world.append(project, records - first)
  await world.sealed(project)
  await world.sealed('proj_b')
  await world.core().heads.settled()
  assert.deepEqual((await world.verify(project)).findings, [])

  const chance = chanceOf(seed)
  const names = Object.keys(changes)
  const done: Record<string, number> = {}
  for (let n = 0; n < 1000; n++) {
    const name = names[n % names.length] ?? ''
    // What was taken back is in the way of the next ones.
    if (n % 50 === 49) await world.store.pool.query('vacuum events, audit_tiles, audit_checkpoints')
    const back = new Error('back')
    await world.store.db
      .transaction()
      .execute(async (tx) => {
        await sql`set local session_replication_role = 'replica'`.execute(tx)
        await changes[name]?.(tx, chance)
        const { findings } = await world.verify(project, tx)
        assert.notDeepEqual(findings, [], `change ${n} (${name}) was not found; seed ${seed}`)
        done[name] = (done[name] ?? 0) + 1
        throw back
      })
      .catch((error) => {
        if (error !== back) throw error
      })
  }
  t.diagnostic(JSON.stringify(done))
})

test('the first bad record is named', async (t) => {
  const world = await auditWorld(t)
  await world.append(project, records)
  await world.sealed(project)
  for (const index of [0, 255, 256, 512, records - 1]) {
    const back = new Error('back')
    await world.store.db
      .transaction()
      .execute(async (tx) => {
        await sql`set local session_replication_role = 'replica'`.execute(tx)
        await sql`update events set actor = 'usr_other' where ${at(index)}`.execute(tx)
        const { findings } = await world.verify(project, tx)
        assert.deepEqual(findings, [
          { what: 'record', index, message: `record ${index} is not the one that was sealed` },
        ])
        throw back
      })
      .catch((error) => {
        if (error !== back) throw error
      })
  }
})
