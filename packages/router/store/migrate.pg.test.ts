import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import { migrate } from './migrate.ts'

async function database(t: TestContext) {
  const { url } = await cloneDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.after(() => client.end())
  return { url, client }
}

test('a start on a database that is up to date waits for nobody who reads it', { timeout: 180_000 }, async (t) => {
  const { url, client } = await database(t)
  await client.query('begin')
  await client.query('select from executions')
  await migrate(url, 1)
  await client.query('commit')
})

test('a migration that needs a table which somebody holds says so, and changes nothing', async (t) => {
  const { url, client } = await database(t)
  await client.query("update migrations set digest = 'another' where name = 'lifecycle-triggers'")
  await client.query('begin')
  await client.query('select from executions')
  await assert.rejects(migrate(url, 50), /lifecycle-triggers needs a table that another session holds/)
  await client.query('commit')

  await migrate(url)
  const { rows } = await client.query("select digest from migrations where name = 'lifecycle-triggers'")
  assert.match(rows[0].digest, /^[0-9a-f]{64}$/)
})

test('a database of a newer version, or with another past, is left alone', async (t) => {
  const { url, client } = await database(t)
  await client.query("insert into migrations (name, digest) values ('9999-later', 'x')")
  await assert.rejects(migrate(url), /9999-later.*newer version/)
  await client.query("delete from migrations where name = '9999-later'")
  await client.query("update migrations set digest = 'another' where name = '0001-foundation'")
  await assert.rejects(migrate(url), /0001-foundation was changed/)
})

test('events of a dump that was restored into another cluster are of the past, in their order', async (t) => {
  const { url, client } = await database(t)
  const event = (kind: string, xid: string, seq: number) =>
    client.query(
      `insert into events (xid, seq, at, project_id, kind, actor, data) overriding system value
       values (${xid}, $1, now(), 'p', $2, 'x', '{}')`,
      [seq, kind],
    )
  const toCome = (by: number) => `((pg_current_xact_id()::text::bigint + ${by})::text)::xid8`
  await event('first', toCome(1000), 1)
  await event('second', toCome(900), 2)
  await event('after the restore', 'pg_current_xact_id()', 3)
  await migrate(url)
  const { rows } = await client.query(
    'select kind from events where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, seq',
  )
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['first', 'second', 'after the restore'],
  )
  await assert.rejects(client.query("update events set kind = 'x'"), /append-only/)
})

test('a follower of a restored log goes on with what it had not handled', async (t) => {
  const { url, client } = await database(t)
  const toCome = async (by: number) =>
    (await client.query(`select pg_current_xact_id()::text::bigint + ${by} as xid`)).rows[0].xid as number
  const event = (xid: number, seq: number) =>
    client.query(
      `insert into events (xid, seq, at, project_id, kind, actor, data) overriding system value
       values ($1::bigint::text::xid8, $2, now(), 'p', 'agent.updated', 'x', '{}')`,
      [xid, seq],
    )
  const follower = (name: string, xid: number, seq: number) =>
    client.query(`insert into followers values ($1, gen_random_uuid(), $2::bigint::text::xid8, $3, now())`, [
      name,
      xid,
      seq,
    ])
  const [early, late] = [await toCome(900), await toCome(1000)]
  // Numbered first, committed last.
  await event(late, 1)
  await event(early, 2)
  await event(early, 3)
  await event(late, 4)
  await follower('new', 0, 0)
  await follower('in the middle', early, 3)
  await follower('at the end', late, 4)
  await follower('at the present of then', late + 1, 0)
  await migrate(url)
  const { rows } = await client.query(
    `select name, (select coalesce(array_agg(events.seq order by events.xid, events.seq), '{}') from events
       where (events.xid, events.seq) > (followers.xid, followers.seq)) as left_over from followers order by name`,
  )
  assert.deepEqual(Object.fromEntries(rows.map(({ name, left_over }) => [name, left_over.map(Number)])), {
    new: [1, 2, 3, 4],
    // 2 and 3 come again: behind 1 now, which had not come.
    'in the middle': [1, 2, 3, 4],
    'at the end': [],
    'at the present of then': [],
  })
})

test('a follower at the end of a restored log is not behind what happens next', async (t) => {
  const { url, client } = await database(t)
  await client.query(
    `insert into events (at, project_id, kind, actor, data) values (now(), 'p', 'agent.updated', 'x', '{}')`,
  )
  await client.query(
    `insert into followers values ('idle', gen_random_uuid(), (pg_current_xact_id()::text::bigint + 1000)::text::xid8, 0, now())`,
  )
  await migrate(url)
  await client.query(
    `insert into events (at, project_id, kind, actor, data) values (now(), 'p', 'agent.updated', 'next', '{}')`,
  )
  const { rows } = await client.query(
    'select actor from events, followers where (events.xid, events.seq) > (followers.xid, followers.seq)',
  )
  assert.deepEqual(rows, [{ actor: 'next' }])
})
