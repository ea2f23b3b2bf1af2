import type { agentHealths } from '@xerotier/protocol/api/agents.ts'
import { type AgentState, leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import type { BundleReport, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely'
import { keysOf } from './column.ts'
import type { Database, Tx } from './database.ts'
import { type Tables, tables } from './tables.ts'

/** Whatever its project and whether or not it was deleted. */
export function selectAgentById(db: Database | Tx, id: string) {
  return db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The same of several. */
export function selectAgentsById(db: Database | Tx, ids: string[]) {
  return db.selectFrom('agents').selectAll().where('id', 'in', ids).execute()
}

export function selectAgentName(db: Database, id: string) {
  return db.selectFrom('agents').select('name').where('id', '=', id).executeTakeFirst()
}

/** Those whose credentials count: neither deleted nor suspended. */
function enrolled(db: Database | Tx) {
  return db.selectFrom('agents').where('deleted_at', 'is', null).where('state', '!=', 'suspended')
}

/** A CURVE key that counts, and whose it is. */
export interface EnrolledKeyRow {
  id: string
  curve_public_key: string
  signing_public_key: Buffer
  /** Of a key that another has taken the place of. */
  until: Date | null
}

/** One of each agent, and a second of one whose keys rotate. */
export async function selectEnrolledKeys(db: Database): Promise<EnrolledKeyRow[]> {
  const all = await enrolled(db).select(['id', 'curve_public_key', 'signing_public_key']).execute()
  const { rows } = await sql<EnrolledKeyRow>`
    select agents.id, case when rotations.state = 'completed' then old_key else new_key end as curve_public_key,
      signing_public_key, rotations.ends_at as until
    from rotations join agents on agents.id = rotations.agent_id
    where rotations.use = 'curve' and rotations.state in ('acknowledged', 'completed')
      and agents.deleted_at is null and agents.state <> 'suspended'`.execute(db)
  return [...all.map((row) => ({ ...row, until: null })), ...rows]
}

/** A signing key that counts beside the one of its agent: of a rotation. */
export interface SigningKeyRow {
  id: string
  /** Raw. */
  key: Buffer
  /** Of a key that another has taken the place of. */
  until: Date | null
}

export async function selectSigningKeysBeside(db: Database): Promise<SigningKeyRow[]> {
  const { rows } = await sql<SigningKeyRow>`
    select agents.id, decode(case when rotations.state = 'completed' then old_key else new_key end, 'hex') as key,
      rotations.ends_at as until
    from rotations join agents on agents.id = rotations.agent_id
    where rotations.use = 'signing' and rotations.state in ('acknowledged', 'completed')
      and agents.deleted_at is null and agents.state <> 'suspended'`.execute(db)
  return rows
}

/** Of what `selectEnrolledKeys` and `selectSigningKeysBeside` answer. */
export async function selectEnrolledKeysVersion(db: Database): Promise<number> {
  const { version } = await db
    .selectFrom('versions')
    .select('version')
    .where('name', '=', 'enrolled_keys')
    .executeTakeFirstOrThrow()
  return version
}

/** Of some sessions, the ids of those agents to whom the record still gives the lease. */
export async function selectLeaseHolders(
  db: Database,
  sessions: readonly { id: string; leaseEpoch: number }[],
): Promise<Set<string>> {
  if (sessions.length === 0) return new Set()
  const epochs = new Map(sessions.map(({ id, leaseEpoch }) => [id, leaseEpoch]))
  const rows = await enrolled(db)
    .select(['id', 'lease_epoch'])
    .where('id', 'in', [...epochs.keys()])
    .execute()
  return new Set(rows.filter(({ id, lease_epoch }) => epochs.get(id) === lease_epoch).map(({ id }) => id))
}

/** The tools of the last manifest of some agents, by their ids. */
export async function selectPublishedTools(db: Tx, ids: string[]): Promise<Map<string, ToolDescriptor[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('agents')
    .select(['id', sql<ToolDescriptor[] | null>`manifest->'tools'`.as('tools')])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, tools }) => [id, tools ?? []]))
}

/** Agents whose leases ended before some time, as far as the record knows. */
export function selectLeasesOver(db: Database, before: Date) {
  return db
    .selectFrom('agents')
    .select(['id', 'project_id'])
    .where('lease_expires_at', '<', before)
    .where('state', 'in', leasedAgentStates)
    .execute()
}

/** Locks the agent with this id, signing key or name until the transaction ends. */
export function lockAgent(
  tx: Tx,
  projectId: string,
  by: { id: string } | { signing_public_key: Buffer } | { name: string },
) {
  return tx
    .selectFrom('agents')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
    .where((where) => where.and(by))
    .forUpdate()
    .executeTakeFirst()
}

/**
 * By id or by name, without deleted ones. Names cannot hold `_`, so that no name looks like an id.
 */
export function selectAgent(db: Database | Tx, projectId: string, reference: string) {
  return db
    .selectFrom('agents')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
    .where(reference.startsWith('agt_') ? 'id' : 'name', '=', reference)
    .executeTakeFirst()
}

/** The last one of this name that was deleted. */
export function selectDeletedAgent(db: Database | Tx, projectId: string, name: string) {
  return db
    .selectFrom('agents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .where('deleted_at', 'is not', null)
    .orderBy('deleted_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * Which health to look for. The filter brings who is connected, which the record does not know:
 * pages stay whole.
 */
export interface AgentStatus {
  words: (typeof agentHealths)[number][]
  /** Ids of those who hold a lease, and among them of those who drain. */
  online: string[]
  draining: string[]
  /** Those whose hosts let them run nothing, without those who drain. */
  unfit: string[]
  /** Those who offer less than they were given, without those. */
  degraded: string[]
}

export interface AgentFilter {
  limit: number
  after?: string | undefined
  state?: AgentState | undefined
  status?: AgentStatus | undefined
  workspaceId?: string | undefined
}

/** Without the manifest, which may be large. */
const { manifest: _, ...summary } = tables.agents

export function selectEnrolledAgents(db: Database, ids: string[]) {
  return enrolled(db)
    .select(keysOf(summary))
    .select(sql<BundleReport[] | null>`manifest->'bundles'`.as('bundles'))
    .where('id', 'in', ids)
    .execute()
}

export function selectAgents(db: Database, projectId: string, filter: AgentFilter) {
  let query = db
    .selectFrom('agents')
    .select(keysOf(summary))
    .select(sql<number>`coalesce(jsonb_array_length(manifest->'tools'), 0)`.as('tool_count'))
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
  if (filter.after !== undefined) query = query.where('id', '<', filter.after)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.status !== undefined) query = query.where(hasStatus(filter.status))
  if (filter.workspaceId !== undefined) query = query.where(serves(filter.workspaceId))
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

function hasStatus({ words, online, draining, unfit, degraded }: AgentStatus) {
  const enrolled = sql`agents.state not in ('pending', 'suspended')`
  const among = (ids: string[]) => sql`agents.id = any(${ids}::text[])`
  const pause = sql`select from pauses where pauses.agent_id = agents.id and pauses.state = 'active'`
  const works = sql`${enrolled} and ${among(online)} and not ${among([...draining, ...unfit])}
    and not exists (${pause} and pauses.workspace_id is null)`
  const conditions: Record<AgentStatus['words'][number], RawBuilder<unknown>> = {
    pending: sql`agents.state = 'pending'`,
    suspended: sql`agents.state = 'suspended'`,
    offline: sql`(${enrolled} and not ${among(online)})`,
    draining: sql`(${enrolled} and ${among(draining)})`,
    unhealthy: sql`(${enrolled} and ${among(unfit)})`,
    healthy: sql`(${works} and not ${among(degraded)})`,
    degraded: sql`(${works} and ${among(degraded)})`,
    // The list shows a pause beside the health, which is `paused` only of a connected agent that is
    // paused wholly.
    paused: sql`exists (${pause})`,
  }
  return sql<boolean>`(${sql.join(
    words.map((word) => conditions[word]),
    sql` or `,
  )})`
}

function serves(workspaceId: string) {
  return ({ exists, selectFrom }: ExpressionBuilder<Tables, 'agents'>) =>
    exists(
      selectFrom('workspace_agent_bindings')
        .select(sql`1`.as('one'))
        .where('workspace_id', '=', workspaceId)
        .whereRef('agent_id', '=', 'agents.id'),
    )
}

/** Whether an agent of the project offers the tool, as its last manifest says. */
export async function existsTool(db: Database, projectId: string, tool: string): Promise<boolean> {
  const row = await db
    .selectFrom('agents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
    .where(
      sql<boolean>`exists (select from jsonb_array_elements(agents.manifest->'tools') as tool where tool->>'name' = ${tool})`,
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
