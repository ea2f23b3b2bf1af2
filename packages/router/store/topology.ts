// What stood at a time, as the records say.
import type { EventKind } from '@xerotier/protocol/events.ts'
import type { PolicyDocument } from '@xerotier/protocol/policy.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { sql } from 'kysely'
import type { Database } from './database.ts'

interface Moment {
  projectId: string
  at: Date
}

/** Oldest first: what comes later changes the place of nothing. */
export function selectWorkspacesAt(
  db: Database,
  { projectId, at }: Moment,
  { only, limit }: { only: readonly string[] | undefined; limit: number },
) {
  let query = db
    .selectFrom('workspaces')
    .select(['id', 'name', 'type', 'created_at'])
    .where('project_id', '=', projectId)
    .where('created_at', '<=', at)
    .where((one) => one.or([one('deleted_at', 'is', null), one('deleted_at', '>', at)]))
  if (only !== undefined) query = query.where('id', 'in', only)
  return query.orderBy('created_at').orderBy('id').limit(limit).execute()
}

export function selectAgentsAt(db: Database, { projectId, at }: Moment, limit: number) {
  return db
    .selectFrom('agents')
    .select(['id', 'project_id', 'name', 'region', 'state', 'enrolled_at', 'manifest_accepted_at'])
    .where('project_id', '=', projectId)
    .where('enrolled_at', '<=', at)
    .where((one) => one.or([one('deleted_at', 'is', null), one('deleted_at', '>', at)]))
    .orderBy('enrolled_at')
    .orderBy('id')
    .limit(limit)
    .execute()
}

interface BindingRow {
  workspace_id: string
  agent_id: string
}

/**
 * Also of workspaces and agents that are gone. A row that is still there has stood since it was
 * made.
 */
export async function selectBindingsAt(db: Database, { projectId, at }: Moment, limit: number): Promise<BindingRow[]> {
  const { rows } = await sql<BindingRow>`
    select binding.workspace_id, binding.agent_id
    from workspace_agent_bindings as binding join workspaces on workspaces.id = binding.workspace_id
    where workspaces.project_id = ${projectId} and binding.created_at <= ${at}
    union
    select last.workspace_id, last.agent_id from (
      select distinct on (workspace_id, agent_id) workspace_id, agent_id, kind from events
      where project_id = ${projectId} and kind in ('workspace.bound', 'workspace.unbound', 'policy.activated')
        and agent_id is not null and at <= ${at}
      order by workspace_id, agent_id, xid desc, seq desc
    ) as last where last.kind = 'workspace.bound'
    order by workspace_id, agent_id limit ${limit}`.execute(db)
  return rows
}

/** What was last said of whether they were there; those of whom nothing was are left out. */
export async function selectPresenceAt(
  db: Database,
  ids: readonly string[],
  at: Date,
): Promise<Map<string, EventKind>> {
  const { rows } = await sql<{ id: string; kind: EventKind }>`
    select given.id, last.kind from unnest(${ids}::text[]) as given (id)
    cross join lateral (
      select kind from events where agent_id = given.id and at <= ${at}
        and kind in ('agent.online', 'agent.offline', 'agent.draining', 'agent.credentials_revoked')
      order by xid desc, seq desc limit 1
    ) as last`.execute(db)
  return new Map(rows.map(({ id, kind }) => [id, kind]))
}

/** Of the last manifests: these may be large, and the names are all that is read of them. */
export async function selectToolsOf(db: Database, ids: readonly string[]) {
  const { rows } = await sql<{ agent_id: string; name: string; risk: Risk }>`
    select agents.id as agent_id, tool.name, tool.risk
    from agents cross join jsonb_to_recordset(agents.manifest -> 'tools') as tool (name text, risk text)
    where agents.id = any(${ids}::text[])`.execute(db)
  return rows
}

export function selectPausesAt(db: Database, { projectId, at }: Moment, limit: number) {
  return db
    .selectFrom('pauses')
    .select(['agent_id', 'workspace_id', 'tool'])
    .where('project_id', '=', projectId)
    .where('paused_at', '<=', at)
    .where((one) => one.or([one('ended_at', 'is', null), one('ended_at', '>', at)]))
    .limit(limit)
    .execute()
}

/** Of the project, and of its workspaces; each with the version that decided then. */
export async function selectPoliciesAt(db: Database, { projectId, at }: Moment) {
  const { rows } = await sql<{ workspace_id: string | null; document: PolicyDocument }>`
    select policy.workspace_id, version.document
    from approval_policies as policy
    join (
      select distinct on (workspace_id) workspace_id, (data ->> 'version')::int as version from events
      where project_id = ${projectId} and kind in ('workspace.bound', 'workspace.unbound', 'policy.activated')
        and kind = 'policy.activated' and at <= ${at}
      order by workspace_id, xid desc, seq desc
    ) as activated on activated.workspace_id is not distinct from policy.workspace_id
    join approval_policy_versions as version
      on version.policy_id = policy.id and version.version = activated.version
    where policy.project_id = ${projectId} and policy.created_at <= ${at}
      and (policy.deleted_at is null or policy.deleted_at > ${at})`.execute(db)
  return rows
}

/** Since when there are records: since the project is there, or since retention has left any. */
export async function selectRecordsBegin(db: Database, projectId: string): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`
    select greatest(project.created_at, (
      select events.at from events
      where (events.xid, events.seq) > (horizon.xid, horizon.seq) and events.project_id = project.id
      order by events.xid, events.seq limit 1
    )) as at
    from projects as project left join event_horizons as horizon on horizon.project_id = project.id
    where project.id = ${projectId}`.execute(db)
  const [first] = rows
  if (first === undefined) throw new Error(`there is no project ${projectId}`)
  return first.at
}
