import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fillWithRows, manyRows } from '@xerotier/devkit/many-rows.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
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
  store = openStore(url, { connections: 2, onError() {} })
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

/** Common, uncommon, rare, and what never was. */
const facets = {
  tool: [manyRows.commonTool, manyRows.elsewhereTool, 'tool_5', manyRows.rareTool, manyRows.neverTool],
  workspaceId: [manyRows.commonWorkspace, manyRows.rareWorkspace, manyRows.neverWorkspace],
  agentId: [manyRows.commonAgent, `agt_${'17'.padStart(24, '0')}`, manyRows.idleAgent],
  risks: [['read'], ['irreversible'], ['write', 'destructive']],
  since: [new Date(now.getTime() - 3_600_000)],
  until: [new Date(now.getTime() - 86_400_000)],
} as const
const executionStates = [['completed'], ['failed'], ['running'], ['ambiguous'], ['completed', 'failed', 'queued']]
const approvalStates = [['pending'], ['approved'], ['expired'], ['voided'], ['rejected', 'expired']]

type Filter = Partial<ExecutionFilter & ApprovalFilter>

/** Every filter, every two of them, and one of each. */
function filters(states: string[][]): Filter[] {
  const choices = Object.entries({ states, ...facets }).flatMap(([name, values]) =>
    (values as readonly unknown[]).map((value) => [name, value] as const),
  )
  const pairs = choices.flatMap((one, index) =>
    choices.slice(index).flatMap((other) => (one === other || one[0] !== other[0] ? [[one, other]] : [])),
  )
  const { commonTool: tool, commonWorkspace: workspaceId, commonAgent: agentId } = manyRows
  const many = states.map((some) => ({ tool, workspaceId, agentId, risks: ['read'], states: some }))
  return [{}, ...pairs.map((pair) => Object.fromEntries(pair)), ...many] as Filter[]
}

/** By reading everything. */
async function plainly(table: 'executions' | 'approvals', filter: Filter, after: string | undefined) {
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
  const { states, agentId } = filter
  if (table === 'executions') {
    if (states !== undefined) conditions.push(`t.state = any(${value(states)})`)
    if (agentId !== undefined) conditions.push(`t.agent_id = ${value(agentId)}`)
  } else {
    const overdue = () => `t.state = 'pending' and t.expires_at <= ${value(now)}`
    if (states !== undefined)
      conditions.push(`case when ${overdue()} then 'expired' else t.state end = any(${value(states)})`)
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
  executions: (on: Kysely<Tables>, filter: Filter) => selectExecutions(on, project, { limit, ...filter }),
  approvals: (on: Kysely<Tables>, filter: Filter) => selectApprovals(on, project, { limit, now, ...filter }),
}
const cases = (['executions', 'approvals'] as const).flatMap((table) =>
  filters(table === 'executions' ? executionStates : approvalStates).map((filter) => ({ table, filter })),
)

test('a list by any filters is what reading everything gives, page after page', async () => {
  for (const { table, filter } of cases) {
    let after: string | undefined
    for (let page = 0; page < 3; page++) {
      const found = await lists[table](store.db, { ...filter, after })
      const ids = found.map(({ id }) => id)
      assert.deepEqual(ids, await plainly(table, filter, after), `${table} ${JSON.stringify(filter)}`)
      if (ids.length <= limit) break
      after = ids[limit - 1]
    }
  }
})

/** Rows that the statements of a list read. */
async function readFor(table: keyof typeof lists, filter: Filter): Promise<number> {
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
      assert.ok(read < 6_000, `${table} ${JSON.stringify(filter)} reads ${read} rows, analysed: ${analyse}`)
    }
  }
})
