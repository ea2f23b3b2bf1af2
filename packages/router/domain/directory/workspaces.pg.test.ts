import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { openStore, type Store } from '../../store/database.ts'
import { createWorkspaceDirectory } from './workspaces.ts'

let store: Store

before(async () => {
  store = openStore((await cloneDatabase()).url, { connections: 4, clock: systemClock, onError() {} })
})
after(() => store.close())

test('those who ask at once who is bound share one query, and the next asks anew', async () => {
  const { pool } = store
  const { connect } = pool
  let queries = 0
  // biome-ignore lint/suspicious/noExplicitAny: as Kysely calls it
  const counted: any = (...given: Parameters<typeof connect>) => {
    queries++
    return connect.apply(pool, given)
  }
  pool.connect = counted
  const directory = createWorkspaceDirectory(store.db)
  const rush = () => Promise.all(Array.from({ length: 50 }, () => directory.boundFor('ws_1', 'work')))
  await rush()
  assert.equal(queries, 1)
  await rush()
  await directory.boundFor('ws_1', 'other')
  assert.equal(queries, 3)
})
