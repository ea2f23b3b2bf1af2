import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AnyFilter, listFilters } from '@xerotier/devkit/list-filters.ts'
import { fillWithRows, manyRows } from '@xerotier/devkit/many-rows.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { type ApprovalFilter, selectApprovals } from './approvals.ts'
import { openStore, planGuard, type Store } from './database.ts'
import { type ExecutionFilter, selectExecutions } from './executions.ts'
import { explain } from './explain.fixture.ts'
import type { Tables } from './tables.ts'

const project = 'proj_1'
const limit = 20
const now = new Date()
let store: Store
let db: pg.Client
before(async () => {
  const { url } = await cloneDatabase()
  store = openStore(url, { connections: 2, clock: systemClock, onError() {} })
  db = new pg.Client({ connectionString: url, options: planGuard })
  db.on('error', () => {})
  await db.connect()
  await db.query(`insert into projects (id, slug, name, created_at) values ('${project}', 'p', 'p', now())`)
  await fillWithRows(url, project, 50_000)
})
after(async () => {
  await db.end()
  await store.close()
})

/** By reading everything. */
async function plainly(table: 'executions' | 'approvals', filter: AnyFilter, after: string | undefined) {
  const at = table === 'executions' ? 'created_at' : 'requested_at'
  const given: unknown[] = []
  const value = (one: unknown) => `$${given.push(one)}`
  const conditions = ['true']
  if (after !== undefined) conditions.push(`t.id < ${value(after)}`)
  if (filter.tool !== undefined) conditions.push(`t.tool = ${value(filter.tool)}`)
  if (filter.risks !== undefined) conditions.push(`t.risk = any(${value(filter.risks)})`)
  if (filter.workspaceId !== undefined) conditions.push(`t.workspace_id = ${value(filter.workspaceId)}`)
  if (filter.since !== undefined) conditions.push(`t.${at} >= ${value(filter.since)}`)
  if (filter.until !== undefined) conditions.push(`t.${at} < ${value(filter.until)}`)
  if (filter.requesters !== undefined) conditions.push(`t.requested_by = any(${value(filter.requesters)})`)
  const { states, agentId } = filter
  if (table === 'executions') {
    if (states !== undefined) conditions.push(`t.state = any(${value(states)})`)
    if (agentId !== undefined) conditions.push(`t.agent_id = ${value(agentId)}`)
  } else {
    const overdue = () => `t.state = 'pending' and t.expires_at <= ${value(now)}`
    if (states !== undefined)
      conditions.push(`case when ${overdue()} then 'expired' else t.state end = any(${value(states)})`)
    if (filter.reviewDue === true) conditions.push('t.review_due_at is not null and t.reviewed_at is null')
    if (filter.approvers !== undefined)
      conditions.push(
        `exists (select from approval_votes v where v.approval_id = t.id and v.voter = any(${value(filter.approvers)}))`,
      )
    if (agentId !== undefined)
      conditions.push(`exists (select from executions e where e.id = t.execution_id and (e.agent_id = ${value(agentId)} or
        (e.agent_id is null and e.workspace_id in (select workspace_id from workspace_agent_bindings where agent_id = ${value(agentId)}))))`)
  }
  const { rows } = await store.pool.query(
    `select t.id from ${table} t where ${conditions.join(' and ')} order by t.id desc limit ${limit + 1}`,
    given,
  )
  return rows.map(({ id }) => id)
}

const lists = {
  executions: (on: Kysely<Tables>, filter: AnyFilter) =>
    selectExecutions(on, project, { limit, ...(filter as Partial<ExecutionFilter>) }),
  approvals: (on: Kysely<Tables>, filter: AnyFilter) =>
    selectApprovals(on, project, { limit, now, ...(filter as Partial<ApprovalFilter>) }),
}
const cases = (['executions', 'approvals'] as const).flatMap((table) =>
  listFilters(table, now).map((filter) => ({ table, filter })),
)

test('a list by any filters is what reading everything gives, page after page', async () => {
  for (const { table, filter } of cases) {
    let after: string | undefined
    for (let page = 0; page < 2; page++) {
      const found = await lists[table](store.db, { ...filter, after })
      const ids = found.map(({ id }) => id)
      assert.deepEqual(ids, await plainly(table, filter, after), `${table} ${JSON.stringify(filter)}`)
      if (ids.length <= limit) break
      after = ids[limit - 1]
    }
  }
})

test('an approval whose risk a rule has raised is found by it, however old it is', async () => {
  const id = '00000000-0000-7000-8000-000000000001'
  const { commonTool: tool, commonWorkspace: workspaceId, elsewhereKey } = manyRows
  await db.query(
    `insert into approvals (id, project_id, execution_id, workspace_id, tool, risk, tool_risk, state, args, prompt, digest,
       schema_digest, policy_version, requested_by, requested_at, expires_at)
     select $1, '${project}', id, $2, $3, 'irreversible', 'read', 'pending', '{}', '', '', '', 2, $4,
       '2001-01-01', '2001-01-01' from executions order by id limit 1`,
    [id, workspaceId, tool, elsewhereKey],
  )
  await db.query(`update approvals set state = 'approved' where id = $1`, [id])
  const risks: ApprovalFilter['risks'] = ['irreversible']
  for (const more of [{}, { requesters: [elsewhereKey] }, { states: ['approved' as const] }]) {
    const found = await selectApprovals(store.db, project, { limit, now, tool, risks, ...more })
    assert.deepEqual(
      found.map((row) => row.id),
      [id],
    )
  }
})

/** Rows that the statements of a list read. */
async function readFor(table: keyof typeof lists, filter: AnyFilter): Promise<number> {
  const queries: CompiledQuery[] = []
  const dialect = new PostgresDialect({ pool: store.pool })
  await lists[table](new Kysely<Tables>({ dialect, log: ({ query }) => void queries.push(query) }), filter)
  let read = 0
  for (const { sql, parameters } of queries) {
    const look = await explain(db, sql, [...parameters])
    assert.deepEqual(look.whole, [], sql)
    read += look.read
  }
  return read
}

test('a list by any filters reads a few thousand rows at most, before and after ANALYZE', async () => {
  for (const analyse of [false, true]) {
    if (analyse) await db.query('analyze')
    for (const { table, filter } of cases.filter((_, index) => index % 3 === 0)) {
      const read = await readFor(table, filter)
      assert.ok(read < 10_000, `${table} ${JSON.stringify(filter)} reads ${read} rows, analysed: ${analyse}`)
    }
  }
})
