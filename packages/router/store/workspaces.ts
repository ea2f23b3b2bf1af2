import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

/**
 * By id, also of a deleted one, or by name. Names cannot hold `_`, so no name looks like an id.
 */
export function selectWorkspace(db: Database | Tx, projectId: string, reference: string) {
  const query = db.selectFrom('workspaces').selectAll().where('project_id', '=', projectId)
  return reference.startsWith('ws_')
    ? query.where('id', '=', reference).executeTakeFirst()
    : query.where('name', '=', reference).where('deleted_at', 'is', null).executeTakeFirst()
}

/** One that is there, locked until the transaction ends. */
export function lockWorkspace(tx: Tx, id: string) {
  return tx
    .selectFrom('workspaces')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

export function selectWorkspaces(
  db: Database,
  projectId: string,
  page: { limit: number; after?: string | undefined; only?: readonly string[] | undefined },
) {
  let query = db
    .selectFrom('workspaces')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
  if (page.after !== undefined) query = query.where('id', '<', page.after)
  if (page.only !== undefined) query = query.where('id', 'in', page.only)
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** The bindings of several workspaces with their agents, oldest first. */
export function selectBoundAgents(db: Database | Tx, workspaceIds: string[]) {
  if (workspaceIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('workspace_agent_bindings as binding')
    .innerJoin('agents', 'agents.id', 'binding.agent_id')
    .select(['binding.workspace_id', 'binding.agent_id', 'binding.credentials_ref', 'binding.created_at'])
    .select(['agents.project_id', 'agents.name', 'agents.state', 'agents.lease_expires_at'])
    .where('binding.workspace_id', 'in', workspaceIds)
    .orderBy('binding.created_at')
    .execute()
}

/**
 * Who is bound to a workspace, with what the record knows about calls of one tool. `offers`: the
 * agent's last manifest has it; these come first. `pause`: a pause holds such calls back; an
 * object, as a pause may have no reason.
 */
export function selectBoundFor(db: Database, workspaceId: string, tool: string) {
  return db
    .selectFrom('workspace_agent_bindings as binding')
    .innerJoin('agents', 'agents.id', 'binding.agent_id')
    .select(['agents.id', 'agents.project_id', 'agents.name', 'agents.state'])
    .select([
      sql<boolean>`exists (select from jsonb_array_elements(agents.manifest->'tools') as tool where tool->>'name' = ${tool})`.as(
        'offers',
      ),
      sql<{
        reason: string | null
      } | null>`(select jsonb_build_object('reason', pause.reason) from pauses as pause
        where pause.agent_id = agents.id and pause.state = 'active' and (pause.workspace_id is null or pause.workspace_id = binding.workspace_id)
        order by pause.workspace_id nulls first limit 1)`.as('pause'),
    ])
    .where('binding.workspace_id', '=', workspaceId)
    .orderBy('offers', 'desc')
    .orderBy('binding.created_at')
    .execute()
}
export type BoundForRow = Awaited<ReturnType<typeof selectBoundFor>>[number]

/** What some agents serve, as the data plane says it. */
export function selectBindings(db: Database | Tx, agentIds: readonly string[]) {
  if (agentIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('workspace_agent_bindings as binding')
    .innerJoin('workspaces', 'workspaces.id', 'binding.workspace_id')
    .select([
      'binding.agent_id',
      'binding.workspace_id',
      'workspaces.name as workspace',
      'workspaces.type',
      'binding.credentials_ref',
      'binding.created_at',
    ])
    .where('binding.agent_id', 'in', agentIds)
    .orderBy('binding.workspace_id')
    .execute()
}
