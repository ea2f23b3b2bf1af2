import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { cloneDatabase } from './postgres-for-tests.ts'

test('each clone is migrated and empty, and knows nothing of the others', async () => {
  const [a, b] = await Promise.all([cloneDatabase(), cloneDatabase()])
  assert.notEqual(a.url, b.url)
  const client = new pg.Client({ connectionString: a.url })
  await client.connect()
  const { rows } = await client.query(
    "select count(*)::int as tables from pg_tables where schemaname = 'public' or schemaname = 'xerotier'",
  )
  assert.ok(rows[0].tables > 5, `migrated: ${rows[0].tables} tables`)
  await client.query('create table only_here (x int)')
  await client.end()
  const other = new pg.Client({ connectionString: b.url })
  await other.connect()
  const found = await other.query("select to_regclass('only_here') as it")
  assert.equal(found.rows[0].it, null)
  await other.end()
  await a.drop()
  const gone = new pg.Client({ connectionString: a.url })
  await assert.rejects(gone.connect(), /does not exist/)
})
