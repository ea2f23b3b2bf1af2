import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import { answersInTime } from '../in-time.ts'
import { runPrepared } from './query.ts'

let db: pg.Client
before(async () => {
  db = new pg.Client({ connectionString: (await cloneDatabase()).url })
  answersInTime(db, 300)
  db.on('error', () => {})
  await db.connect()
})
after(() => db.end())

test('rows come as text, in order', async () => {
  const numbers = { name: 'numbers', text: 'select n, null, $1::text from generate_series(1, $2::int) n' }
  const rows = [
    ['1', null, 'é'],
    ['2', null, 'é'],
  ]
  assert.deepEqual(await runPrepared(db, numbers, ['é', '2']), rows)
  assert.deepEqual(await runPrepared(db, numbers, [Buffer.from('é'), '2']), rows)
})

test('a statement whose first run failed after it was prepared runs again', async () => {
  const divide = { name: 'divide', text: 'select 6 / $1::int' }
  for (const bad of ['0', 'x']) await assert.rejects(runPrepared(db, divide, [bad]), pg.DatabaseError)
  assert.deepEqual(await runPrepared(db, divide, ['2']), [['3']])
})

test('a statement that does not parse leaves the connection as it was', async () => {
  const wrong = { name: 'wrong', text: 'select nothing from nowhere' }
  for (let run = 0; run < 2; run++) await assert.rejects(runPrepared(db, wrong, []), { code: '42P01' })
  assert.deepEqual(await runPrepared(db, { name: 'right', text: 'select 1' }, []), [['1']])
})

test('a run that takes too long, or whose connection is gone, fails', async () => {
  const sleep = { name: 'sleep', text: 'select pg_sleep(1)' }
  await assert.rejects(runPrepared(db, sleep, []), /timeout/)
  await db.end()
  await assert.rejects(runPrepared(db, sleep, []))
})
