// A statement that runs by itself, for a session, a call or a page follows an index and reads few
// rows more than it answers, whatever the tables hold. What runs is what a working router sends.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { fillWithRows, manyRows } from '@xerotier/devkit/many-rows.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import pg from 'pg'
import { createRemover } from './domain/retention/remove-old.ts'
import { planGuard } from './store/database.ts'
import { explain, type Look } from './store/explain.fixture.ts'

const statements = new Map<string, unknown[]>()
const { query } = pg.Client.prototype
type Query = string | { text: string; values?: unknown[] }
/** Inserts read nothing, and lanes.pg.test.ts explains what the lanes run. */
function note(query: Query, given?: unknown[]): void {
  const { text, values = [] } = typeof query === 'string' ? { text: query, values: given } : { values: given, ...query }
  const ofLanes = typeof query === 'object' && 'submit' in query && !(query instanceof pg.Query)
  if (!ofLanes && /^\s*(?:select|update|delete|with)\b/i.test(text) && !statements.has(text))
    statements.set(text, values)
}

/** A million, and three million events, take two minutes more. */
const executions = Number(process.env.XEROTIER_TEST_EXECUTIONS ?? 100_000)

let system: RouterForTests
let db: pg.Client
const open: { close(): void }[] = []
before(async () => {
  system = await startRouterForTests()
  await fillWithRows(system.database.url, system.projectId, executions)
  db = new pg.Client({ connectionString: system.database.url, options: planGuard })
  db.on('error', () => {})
  await db.connect()
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    if (this !== db) note(...(args as [Query]))
    return Reflect.apply(query, this, args)
  } as typeof query
})
after(async () => {
  pg.Client.prototype.query = query
  for (const one of open) one.close()
  await db.end()
  await system.stop()
})

/**
 * They read the agents of the whole fleet, the one row of their table, the few followers, count up
 * to 10,000 events that a follower lies behind, or look how far the 1,000 events go that one takes
 * together.
 */
const excepted =
  /^update "agents" set "state" = \$1 where "lease_expires_at" <|^select "id", "project_id" from "agents" where "lease_expires_at" <|^select "id", "curve_public_key", "signing_public_key" from "agents"|from active_router|^select count\(\*\) from \(select from events where \(xid, seq\) >|^with span as materialized|^\s*select t\.n, not exists \(select from followers f/
/** Whatever a statement answers, it may read this many rows: what waits or runs is never much. */
const few = 300

/** What retention sends for the oldest calls that there are. */
const removing = [
  /^delete from artifact_chunks/,
  /^\s*delete from artifacts/,
  /^\s*delete from execution_output/,
  /^delete from executions/,
  /^\s*select e.id, .* from executions e/s,
  /^\s*select e.id, .* from retention_kept k/s,
  /^\s*update retention_progress/,
  /^\s*delete from events e using/,
  /^delete from audit_mentions/,
  /^\s*with gone as .* update event_horizons/s,
]
async function removeSome(): Promise<void> {
  const { core } = system.router
  const { rows } = await db.query<{ days: number }>(
    'select extract(day from now() - min(created_at))::int as days from executions',
  )
  const days = rows[0]?.days ?? 0
  await db.query('update projects set executions_days = $1, output_days = $1, artifacts_days = $1, events_days = $1', [
    days,
  ])
  // Nothing holds what is old back.
  await db.query(`update executions set state = 'completed', finished_at = created_at where state = 'ambiguous'`)
  await until('two tiles of events', async () => {
    const { rowCount } = await db.query('select from audit_tiles where level = 0 and n = 2')
    return (rowCount ?? 0) > 0 || undefined
  })
  // The events of the start are among them.
  await db.query('update audit_tiles set last_at = first_at where level = 0 and n = 0')
  const settings = { ...core.settings, auditDays: 1 }
  const remover = () => createRemover({ ...core, settings, clock: { ...core.clock, monotonic: () => 0 } })
  await remover().work()
  // As if what it said were sealed: the log lies far behind here.
  await db.query(`update event_horizons set announced_in = '0'`)
  await remover().work()
}

async function looks(): Promise<string[]> {
  const bad: string[] = []
  for (const [text, values] of statements) {
    if (excepted.test(text)) continue
    const look: Look = await explain(db, text, values)
    if (look.whole.length > 0) bad.push(`reads ${look.whole.join(', ')} whole: ${text}`)
    if (look.read > Math.max(few, 10 * look.returned))
      bad.push(`reads ${look.read} rows for ${look.returned} by ${look.indexes.join(', ')}: ${text}`)
  }
  return bad
}

test('no statement of a working router reads a table whole, or more than ten rows for one', async () => {
  const { client } = system
  const { commonWorkspace: workspace } = manyRows
  const tools = [toolOf('look'), toolOf('kill', { risk: 'destructive' })]
  const worker = await servingAgent(client, 'worker', 'common', tools)
  open.push(worker.agent)
  const submit = (tool: string, more = {}) =>
    client.call('invocations.submit', { body: { workspace, tool, args: {} }, ...more })
  // One call is answered and asked for again, one cancelled, one approved, one rejected.
  await submit('look', { headers: { 'idempotency-key': 'once' } })
  const first = await worker.agent.next('dispatch')
  await worker.answer(first)
  await submit('look', { headers: { 'idempotency-key': 'once' } })
  const { id: stopped } = await submit('look')
  const second = await worker.agent.next('dispatch')
  await client.call('invocations.cancel', { params: { id: stopped } })
  const [approved, rejected] = [await submit('kill'), await submit('kill')]
  await client.call('approvals.approve', { params: { id: approved.approval_id! }, body: {} })
  await client.call('approvals.reject', { params: { id: rejected.approval_id! }, body: {} })
  // A second session finds what the first had.
  const again = worker.again(tools)
  open.push(again)
  const { execution_id, attempt, lease_epoch } = second
  await again.open({ in_flight: [{ execution_id, attempt, lease_epoch, status: 'running' }] })
  const manifest = manifestOf(tools)
  await again.send([
    {
      t: 'lease_renewal',
      lease_epoch: again.leaseEpoch,
      manifest_hash: manifest.manifest_hash,
      manifest_version: 1,
      manifest,
      in_flight: [{ execution_id, attempt, lease_epoch, status: 'running' }],
      draining: false,
    },
  ])
  for (const id of [first.execution_id, stopped, approved.id]) await client.call('executions.show', { params: { id } })
  const { data } = await client.call('agents.list', { query: {} })
  await client.call('agents.events', { params: { id: data[0]!.id }, query: {} })
  await client.call('workspaces.list', { query: {} })
  await client.call('tools.list', { query: {} })
  await client.call('executions.list', { query: {} })
  await client.call('approvals.list', { query: {} })
  for (const more of [{ approver: manyRows.key }, { approver: manyRows.rareKey }, { review: 'due' as const }])
    await client.call('approvals.list', { query: { status: 'all', ...more } })
  await fetch(`${system.router.url}/metrics`)
  await removeSome()
  await until('every duty', () =>
    [...statements.keys()].some((text) => /"?queue_deadline"? <=/.test(text)) ? true : undefined,
  )
  const before = await looks()
  await db.query('analyze')
  assert.deepEqual([...before, ...(await looks())], [])
  for (const one of removing)
    assert.ok(
      [...statements.keys()].some((text) => one.test(text)),
      String(one),
    )
  assert.ok(statements.size > 60, `only ${statements.size} statements were seen`)
})
