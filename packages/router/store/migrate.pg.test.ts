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

test('a start on a database that is up to date waits for nobody who reads it', { timeout: 20_000 }, async (t) => {
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
