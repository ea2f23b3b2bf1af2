import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import { selectApprovals } from './approvals.ts'
import { openStore, type Store } from './database.ts'
import { selectExecutions } from './executions.ts'
import type { Tables } from './tables.ts'

let store: Store
before(async () => {
  const { url } = await cloneDatabase()
  store = openStore(url, { connections: 2, onError() {} })
  // A year of calls that went well.
  await store.pool.query(`
    insert into projects (id, slug, name, created_at) values ('p', 'p', 'p', now());
    insert into workspaces (id, project_id, name, type, created_at) values ('w', 'p', 'w', 'host', now());
    alter table executions disable trigger check_state_insert;
    insert into executions (id, project_id, workspace_id, tool, risk, at_most_once, state, args, schema_digest, digest,
      policy_version, attempt, lease_epoch, requested_by, request_id, timeout_ms, created_at)
    select gen_random_uuid(), 'p', 'w', 't', 'destructive', true, 'completed', '{}', '', '', 1, 1, 1, 'k', 'r', 1, now()
    from generate_series(1, 20000);
    alter table approvals disable trigger check_state_insert;
    insert into approvals (id, project_id, execution_id, workspace_id, tool, risk, state, args, prompt, digest, schema_digest,
      policy_version, requested_by, requested_at, expires_at)
    select gen_random_uuid(), 'p', id, 'w', 't', 'destructive', 'approved', '{}', '', '', '', 1, 'k', now(), now() from executions;
    analyze`)
})
after(() => store.close())

/** Rows that the index scans of a query read and threw away, and the indexes. */
async function planOf(run: (db: Kysely<Tables>) => Promise<unknown>) {
  const queries: CompiledQuery[] = []
  const dialect = new PostgresDialect({ pool: store.pool })
  await run(new Kysely<Tables>({ dialect, log: ({ query }) => void queries.push(query) }))
  const { sql, parameters } = queries[0]!
  const { rows } = await store.pool.query(`explain (analyze, format json) ${sql}`, [...parameters])
  const text = JSON.stringify(rows)
  const removed = [...text.matchAll(/"Rows Removed by Filter":(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
  return { removed, indexes: [...text.matchAll(/"Index Name":"(\w+)"/g)].map(([, name]) => name) }
}

test('the approvals that wait, and the calls in a rare state, are found without reading those that went well', async () => {
  const now = new Date()
  const page = { limit: 20, now }
  const pending = await planOf((db) => selectApprovals(db, 'p', { ...page, states: ['pending'] }))
  assert.deepEqual([pending.removed, pending.indexes[0]], [0, 'approvals_open'])
  for (const states of [['ambiguous'], ['failed'], ['pending_approval'], ['failed', 'timeout']] as const) {
    const rare = await planOf((db) => selectExecutions(db, 'p', { ...page, states: [...states] }))
    assert.deepEqual([rare.removed, rare.indexes[0]], [0, 'executions_not_as_usual'], states.join())
  }
})
