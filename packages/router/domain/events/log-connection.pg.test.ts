import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import { openLogConnection } from './log-connection.ts'

test('readers who ask at the same time share a connection, and none is left when it is dropped', async () => {
  const { url } = await cloneDatabase()
  const watch = new pg.Client({ connectionString: url })
  await watch.connect()
  const open = async () => {
    const { rowCount } = await watch.query(
      "select from pg_stat_activity where application_name = 'xerotier-events' and datname = current_database()",
    )
    return rowCount
  }
  const connection = openLogConnection(url)
  const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => connection.get()))
  assert.ok(others.every((other) => other === first))
  assert.equal(await open(), 1)
  // While the next one is being made, too.
  connection.drop()
  const next = connection.get()
  connection.drop()
  await next
  await until('none', async () => ((await open()) === 0 ? true : undefined))
  const again = await connection.get()
  await watch.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
    'xerotier-events',
  ])
  const fresh = await until('another', async () => {
    const client = await connection.get()
    return client === again ? undefined : client
  })
  assert.equal((await fresh.query('select')).rowCount, 1)
  connection.drop()
  await watch.end()
})

test('a connection that cannot be made is asked for anew', async () => {
  const connection = openLogConnection('postgres://nobody@127.0.0.1:1/none')
  await assert.rejects(connection.get(), { code: 'ECONNREFUSED' })
  await assert.rejects(connection.get(), { code: 'ECONNREFUSED' })
})
