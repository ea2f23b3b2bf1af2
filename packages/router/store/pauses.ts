import type { pauseTargets } from '@xerotier/protocol/api/pauses.ts'
import type { PauseState } from '@xerotier/protocol/lifecycles/pause.ts'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { Tables } from './tables.ts'

export type PauseRow = Selectable<Tables['pauses']>
/** What is paused: what it names narrows it. */
export type PauseTarget = Pick<PauseRow, 'agent_id' | 'workspace_id' | 'tool'>

function named(db: Database | Tx) {
  return db
    .selectFrom('pauses')
    .leftJoin('agents', 'agents.id', 'pauses.agent_id')
    .leftJoin('workspaces', 'workspaces.id', 'pauses.workspace_id')
    .selectAll('pauses')
    .select([
      'agents.name as agent',
      'workspaces.name as workspace',
      actorName('pauses.paused_by', 'pauses.project_id').as('paused_by_name'),
      actorName('pauses.ended_by', 'pauses.project_id').as('ended_by_name'),
    ])
}
export type NamedPauseRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export function selectPause(db: Database | Tx, projectId: string, id: string): Promise<NamedPauseRow | undefined> {
  return named(db).where('pauses.project_id', '=', projectId).where('pauses.id', '=', id).executeTakeFirst()
}

/** The active pause of exactly this. */
export function selectPauseOf(
  db: Database | Tx,
  projectId: string,
  { agent_id, workspace_id, tool }: PauseTarget,
): Promise<NamedPauseRow | undefined> {
  return named(db)
    .where('pauses.project_id', '=', projectId)
    .where('pauses.state', '=', 'active')
    .where('pauses.agent_id', 'is not distinct from', agent_id)
    .where('pauses.workspace_id', 'is not distinct from', workspace_id)
    .where('pauses.tool', 'is not distinct from', tool)
    .executeTakeFirst()
}

export type PauseKind = (typeof pauseTargets)[number]

/** As `targetOf` of domain/lifecycles/pause.ts says it. */
const ofKind: Record<PauseKind, RawBuilder<boolean>> = {
  agent: sql`pauses.agent_id is not null`,
  tool: sql`pauses.tool is not null`,
  workspace: sql`(pauses.workspace_id is not null and pauses.agent_id is null and pauses.tool is null)`,
  project: sql`(pauses.workspace_id is null and pauses.agent_id is null and pauses.tool is null)`,
}

export interface PauseFilter {
  limit: number
  after?: string | undefined
  /** All when left out. */
  states?: readonly PauseState[] | undefined
  target?: PauseKind | undefined
  agentId?: string | undefined
  workspaceId?: string | undefined
  tool?: string | undefined
  incident?: string | undefined
}

/** Newest first. */
export function selectPauses(db: Database, projectId: string, filter: PauseFilter): Promise<NamedPauseRow[]> {
  let query = named(db).where('pauses.project_id', '=', projectId)
  if (filter.states !== undefined) query = query.where('pauses.state', 'in', filter.states)
  if (filter.target !== undefined) query = query.where(ofKind[filter.target])
  if (filter.agentId !== undefined) query = query.where('pauses.agent_id', '=', filter.agentId)
  if (filter.workspaceId !== undefined) query = query.where('pauses.workspace_id', '=', filter.workspaceId)
  if (filter.tool !== undefined) query = query.where('pauses.tool', '=', filter.tool)
  if (filter.incident !== undefined) query = query.where('pauses.incident', '=', filter.incident)
  if (filter.after !== undefined) query = query.where('pauses.id', '<', filter.after)
  return query
    .orderBy('pauses.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** The active pauses of several agents, oldest first. */
export function selectAgentPauses(db: Database | Tx, agentIds: string[]): Promise<NamedPauseRow[]> {
  if (agentIds.length === 0) return Promise.resolve([])
  return named(db)
    .where('pauses.agent_id', 'in', agentIds)
    .where('pauses.state', '=', 'active')
    .orderBy('pauses.paused_at')
    .execute()
}

/** The active pauses that stop calls of some workspaces, or of a whole project, at any agent. */
export function selectWidePauses(db: Database | Tx, projectId: string): Promise<NamedPauseRow[]> {
  return named(db)
    .where('pauses.project_id', '=', projectId)
    .where('pauses.agent_id', 'is', null)
    .where('pauses.state', '=', 'active')
    .orderBy('pauses.paused_at')
    .execute()
}

/** The same of one project, or of all, without names. */
export function selectStops(db: Database, projectId: string | undefined) {
  let query = db
    .selectFrom('pauses')
    .select(['project_id', 'workspace_id', 'tool'])
    .where('agent_id', 'is', null)
    .where('state', '=', 'active')
  if (projectId !== undefined) query = query.where('project_id', '=', projectId)
  return query.execute()
}

/** Active pauses whose time is over. */
export function selectDuePauses(db: Database, now: Date): Promise<PauseRow[]> {
  return db
    .selectFrom('pauses')
    .selectAll()
    .where('state', '=', 'active')
    .where('ends_at', '<=', now)
    .orderBy('id')
    .execute()
}

/** In the order in which they ended. */
export function selectPausesEndedSince(db: Database, since: Date): Promise<PauseRow[]> {
  return db.selectFrom('pauses').selectAll().where('ended_at', '>=', since).orderBy('ended_at').execute()
}

export async function countActivePauses(tx: Tx, projectId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('pauses')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow()
  return count
}

/** Of pauses of agents the workspaces that the agents serve, as pauses of these. */
export function selectServed(db: Database, agentId: string) {
  return db.selectFrom('workspace_agent_bindings').select('workspace_id').where('agent_id', '=', agentId).execute()
}

export interface PausedCalls {
  project_id: string
  workspace_id: string
  tool: string
  since: Date
}

/**
 * Of queued calls each workspace and tool once, where a pause is about them or about an agent of
 * the workspace, with the time of the first such pause.
 */
export function selectPausedCalls(db: Database): Promise<PausedCalls[]> {
  return db
    .selectFrom('pauses as pause')
    .innerJoin('executions as queued', 'queued.project_id', 'pause.project_id')
    .select([
      'queued.project_id',
      'queued.workspace_id',
      'queued.tool',
      (eb) => eb.fn.min('pause.paused_at').as('since'),
    ])
    .where('pause.state', '=', 'active')
    .where('queued.state', '=', 'queued')
    .where(sql<boolean>`(pause.workspace_id is null or pause.workspace_id = queued.workspace_id)`)
    .where(sql<boolean>`(pause.tool is null or pause.tool = queued.tool)`)
    .where(
      sql<boolean>`(pause.agent_id is null or exists (select from workspace_agent_bindings as binding
        where binding.agent_id = pause.agent_id and binding.workspace_id = queued.workspace_id))`,
    )
    .groupBy(['queued.project_id', 'queued.workspace_id', 'queued.tool'])
    .execute()
}
