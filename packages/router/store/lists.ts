// Pages of executions and approvals by any filters, newest first. None reads much more than it
// answers. What is common is found among the newest of its state. For the rest `call_kinds` says
// which kinds of calls there ever were, and an index has the calls of each kind by age.
import type { Risk } from '@xerotier/protocol/risk.ts'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './database.ts'
import { firstIdSince, lastIdUntil } from './uuid-time.ts'

export interface ListFilter {
  limit: number
  after?: string | undefined
  risks?: Risk[] | undefined
  tool?: string | undefined
  agentId?: string | undefined
  workspaceId?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

type Condition = RawBuilder<unknown>

/** A part of a list: the rows in one state. Conditions name their row `t`. */
export interface Part {
  state: Condition
  /** The same rows, newest first, as they are read to begin with. */
  newest: RawBuilder<unknown>
}

export interface List {
  table: 'executions' | 'approvals'
  projectId: string
  limit: number
  /** True of rows that are neither before nor behind the page. */
  range: Condition
  /** Of workspace, tool, risk, agent and requester: true of a row of the table of kinds as well. */
  kinds: Condition[]
  /** Finer where it is asked who asked: by requester, too. */
  kindsBy: 'kind' | 'requester'
}

/** So many of the newest are looked through first. */
const looked = 1_000

/** What the conditions on kinds speak of. */
export const ofKinds = sql`t.id, t.workspace_id, t.tool, t.risk, t.agent_id, t.requested_by`

const all = (conditions: Condition[]) => (conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `))

/**
 * @param agent the condition on the agent, where one is asked for
 * @param requesters ids
 */
export function listOf(
  table: List['table'],
  projectId: string,
  { limit, after, since, until, tool, risks, workspaceId }: ListFilter,
  agent: Condition | undefined,
  requesters?: readonly string[],
): List {
  const at = sql.ref(table === 'executions' ? 't.created_at' : 't.requested_at')
  const range: Condition[] = []
  if (after !== undefined) range.push(sql`t.id < ${after}::uuid`)
  if (since !== undefined) range.push(sql`t.id >= ${firstIdSince(since)}::uuid and ${at} >= ${since}`)
  if (until !== undefined) range.push(sql`t.id <= ${lastIdUntil(until)}::uuid and ${at} < ${until}`)
  const kinds: Condition[] = agent === undefined ? [] : [agent]
  if (tool !== undefined) kinds.push(sql`t.tool = ${tool}`)
  if (risks !== undefined) kinds.push(sql`t.risk = any(${risks}::text[])`)
  if (workspaceId !== undefined) kinds.push(sql`t.workspace_id = ${workspaceId}`)
  if (requesters !== undefined) kinds.push(sql`t.requested_by = any(${requesters}::text[])`)
  const kindsBy = requesters === undefined ? 'kind' : 'requester'
  return { table, projectId, limit, range: all(range), kinds, kindsBy }
}

/** Where the kinds are, and of which kind a row is: an index has that. */
const kindsOf = {
  kind: { table: sql`call_kinds`, kind: sql`call_kind(t.workspace_id, t.tool, t.risk, t.agent_id)` },
  requester: {
    table: sql`call_requesters`,
    kind: sql`call_kind(t.workspace_id, t.tool, t.risk, t.agent_id, t.requested_by)`,
  },
} as const

/** The newest in a state that an index over (project, state, id) holds, or in any. */
export function newestOf({ table, projectId, range }: List, state: Condition = sql`true`): RawBuilder<unknown> {
  return sql`select ${ofKinds} from ${sql.table(table)} as t
    where t.project_id = ${projectId} and ${range} and ${state} order by t.id desc`
}

/** The ids of a page, and of one row more if there is one. */
export async function selectPageIds(db: Database, list: List, parts: Part[]): Promise<string[]> {
  const wanted = list.limit + 1
  const ids: string[] = []
  const unfinished: Part[] = []
  // One after the other, in the order of the moves: what moves meanwhile is seen at its next state.
  const found = []
  for (const part of parts) found.push(await amongNewest(db, list, part))
  for (const [index, { ids: some, whole }] of found.entries()) {
    ids.push(...some)
    if (!whole && some.length < wanted) unfinished.push(parts[index]!)
  }
  for (const some of await Promise.all(unfinished.map((part) => byKind(db, list, part)))) ids.push(...some)
  return [...new Set(ids)].sort().reverse().slice(0, wanted)
}

/** @returns what the newest hold of the page, and whether they are all that there is */
async function amongNewest(db: Database, list: List, { newest }: Part) {
  const wanted = sql.lit(list.limit + 1)
  const enough = list.kinds.length === 0 ? wanted : sql.lit(looked)
  const { rows } = await sql<{ ids: string[]; count: number }>`
    with newest as materialized (${newest} limit ${enough})
    select array(select t.id::text from newest as t where ${all(list.kinds)} order by t.id desc limit ${wanted}) as ids,
      (select count(*) from newest) as count`.execute(db)
  const [{ ids, count } = { ids: [], count: 0 }] = rows
  return { ids, whole: list.kinds.length === 0 || count < looked }
}

/**
 * A page comes from the kinds whose newest calls are the newest, and from no more kinds than it has
 * rows: so the newest call of each kind is looked up, and only those kinds are read. Where so many
 * were found, the oldest of them ends the page.
 */
async function byKind(db: Database, { table, projectId, limit, range, kinds, kindsBy }: List, { state }: Part) {
  const wanted = sql.lit(limit + 1)
  const noId = sql.lit('00000000-0000-0000-0000-000000000000')
  // Who asked for what has no such mark: a kind of which nobody was asked costs one look.
  const onlyAsked = table === 'approvals' && kindsBy === 'kind' ? sql` and t.asked` : sql``
  const ofKind = sql`from ${sql.table(table)} as t
    where ${kindsOf[kindsBy].kind} = one.kind and ${range} and ${state}`
  const { rows } = await sql<{ id: string }>`
    with kinds as materialized (
      select distinct t.kind from ${kindsOf[kindsBy].table} as t
      where t.project_id = ${projectId} and ${all(kinds)}${onlyAsked}
    ), tops as materialized (
      select one.kind, first.id from kinds as one cross join lateral (select t.id ${ofKind} order by t.id desc limit 1) as first
      order by first.id desc limit ${wanted}
    ), last as materialized (
      select coalesce((select id from tops order by id desc offset ${sql.lit(limit)} limit 1), ${noId}::uuid) as id
    )
    select calls.id from tops as one cross join last cross join lateral (
      select t.id ${ofKind} and t.id >= last.id order by t.id desc limit ${wanted}
    ) as calls
    order by calls.id desc limit ${wanted}`.execute(db)
  return rows.map(({ id }) => id)
}
