import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { answersInTime } from './in-time.ts'

test('a connection whose answer came too late is used no more, so nothing waits in its transaction', async (t) => {
  const database = await cloneDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    answersInTime(client, 1000)
  })
  const db = new Kysely<{ kept: { n: number } }>({ dialect: new PostgresDialect({ pool }) })
  t.after(async () => {
    await db.destroy()
    await database.drop()
  })
  await sql`create table kept (n integer)`.execute(db)
  const late = assert.rejects(
    db.transaction().execute(async () => {}),
    /Query read timeout/,
  )
  // BEGIN is on its way. The process stands still then, as its whole machine may.
  await new Promise(setImmediate)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
  await late
  await db.insertInto('kept').values({ n: 1 }).execute()
  const other = new pg.Client({ connectionString: database.url })
  await other.connect()
  const { rows } = await other.query('select n from kept')
  await other.end()
  assert.deepEqual(rows, [{ n: 1 }])
})
