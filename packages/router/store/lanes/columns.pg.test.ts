import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { itemOf } from './items.fixture.ts'
import { type CommitLanes, openLanes } from './lanes.ts'
import { type PartItems, type PartName, parts } from './parts.ts'

let lanes: CommitLanes
let db: pg.Client
before(async () => {
  const { url } = await cloneDatabase()
  lanes = await openLanes({ databaseUrl: url, lanes: 1, patienceMs: 5_000, clock: systemClock, log: silentLog })
  db = new pg.Client({ connectionString: url })
  db.on('error', () => {})
  await db.connect()
})
after(async () => {
  await lanes.close()
  await db.end()
})

/** Commits the items in one batch, and compares every column that they share with the row. */
async function writes<P extends PartName>(
  part: P,
  items: PartItems[P][],
  table = 'executions',
  key = 'id',
  name: keyof PartItems[P] & string = 'id',
) {
  const written = await Promise.all(items.map((item) => lanes.commit(part, item)))
  assert.ok(written.every(Boolean), part)
  for (const item of items) {
    const { rows } = await db.query(`select * from ${table} where ${key} = $1`, [item[name]])
    for (const [name, type] of parts[part].columns) {
      if (!(name in rows[0])) continue
      const wanted = item[name as keyof PartItems[P]]
      assert.notEqual(wanted, null, `${part}.${name} says nothing`)
      const stored = type === 'jsonb' ? JSON.stringify(rows[0][name]) : rows[0][name]
      assert.deepEqual(type === 'bigint' ? Number(stored) : stored, wanted, `${part}.${name}`)
    }
  }
}

/** @returns its id */
async function artifactOf(executionId: string): Promise<string> {
  const id = `cart_${executionId}`
  await db.query(
    "insert into artifacts (id, project_id, execution_id, attempt, name, media_type, created_at) values ($1, 'proj_1', $2, 1, 'a', 'text/plain', now())",
    [id, executionId],
  )
  return id
}

for (const [how, size] of [
  ['alone', 1],
  ['in a batch', 3],
] as const) {
  test(`what an item says is what its row has, ${how}`, async () => {
    const calls = Array.from({ length: size }, () => itemOf('submit', { state: 'queued' }))
    await writes('submit', calls)
    const claims = calls.map(({ id, attempt }) => itemOf('claim', { id, attempt: attempt + 1 }))
    await writes('claim', claims)
    const accepted = claims.map(({ at, ...claim }) => itemOf('accept', claim))
    await writes('accept', accepted)
    await writes(
      'settle',
      accepted.map(({ at, started_at, ...fence }) => itemOf('settle', { ...fence, state: 'failed' })),
    )
    await writes(
      'output',
      calls.map(({ id }) => itemOf('output', { id })),
      'execution_output',
      'execution_id',
    )
    await writes(
      'artifact',
      await Promise.all(calls.map(async ({ id }) => itemOf('artifact', { id, artifact_id: await artifactOf(id) }))),
      'artifact_chunks',
      'artifact_id',
      'artifact_id',
    )
  })
}
