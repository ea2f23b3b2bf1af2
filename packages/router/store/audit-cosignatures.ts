// Checkpoints of the audit log as agents have seen them. An agent has one row: its last word covers
// all before.
import { sql } from 'kysely'
import type { Database } from './database.ts'

export interface NewestCheckpoint {
  project_id: string
  size: number
  note: string
}

/** Of each of these projects, without those that have none. */
export async function selectNewestCheckpoints(
  db: Database,
  projectIds: readonly string[],
): Promise<NewestCheckpoint[]> {
  const { rows } = await sql<NewestCheckpoint>`
    select project_id, newest.size, newest.note from unnest(${projectIds}::text[]) as these(project_id)
    cross join lateral (
      select size, note from audit_checkpoints where project_id = these.project_id order by size desc limit 1
    ) as newest`.execute(db)
  return rows
}

/** Of every project that has one. */
export async function selectNewestOfAll(db: Database): Promise<NewestCheckpoint[]> {
  const projects = await db.selectFrom('projects').select('id').execute()
  return selectNewestCheckpoints(
    db,
    projects.map(({ id }) => id),
  )
}

/** Up to where each agent has seen the log of its project, by its id. */
export async function selectSeenSizes(db: Database, agentIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('audit_cosignatures')
    .select(['agent_id', 'size'])
    .where('agent_id', 'in', agentIds)
    .execute()
  return new Map(rows.map(({ agent_id, size }) => [agent_id, size]))
}

/** The newest first, with the names of their agents. */
export function selectCosignatures(db: Database, projectId: string, limit: number) {
  return db
    .selectFrom('audit_cosignatures')
    .innerJoin('agents', 'agents.id', 'audit_cosignatures.agent_id')
    .selectAll('audit_cosignatures')
    .select('agents.name as agent_name')
    .where('audit_cosignatures.project_id', '=', projectId)
    .orderBy('size', 'desc')
    .orderBy('agent_id')
    .limit(limit)
    .execute()
}
