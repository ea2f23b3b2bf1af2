// What the health dashboard asks the database.
import { sql } from 'kysely'
import type { Database } from './database.ts'

const countedAtMost = 1_000

export async function selectQueueHealth(db: Database, projectId: string) {
  const { rows } = await sql<{ queued: number; oldest: Date | null; ambiguous: number }>`
    select
      (select count(*)::int from executions where project_id = ${projectId} and state = 'queued') as queued,
      (select created_at from executions where project_id = ${projectId} and state = 'queued' order by id limit 1) as oldest,
      (select count(*)::int from (
        select from executions where project_id = ${projectId} and state = 'ambiguous'
          and state not in ('dispatched', 'running', 'completed') limit ${sql.lit(countedAtMost)}
      ) doubtful) as ambiguous`.execute(db)
  return rows[0]
}

export async function selectApprovalHealth(db: Database, projectId: string) {
  const { rows } = await sql<{ pending: number; oldest: Date | null; next: Date | null }>`
    select count(*)::int as pending, min(requested_at) as oldest, min(expires_at) as next
    from approvals where project_id = ${projectId} and state = 'pending'`.execute(db)
  return rows[0]
}

export async function selectDatabaseHealth(db: Database) {
  const { rows } = await sql<{ version: string; size: number; connections: number; oldest: number | null }>`
    select current_setting('server_version') as version, pg_database_size(current_database())::bigint as size,
      (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
      (select extract(epoch from clock_timestamp() - min(xact_start))::float8 from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()) as oldest`.execute(db)
  return rows[0]
}

/** Of a project, without those that were deleted. */
export async function selectFleetHealth(db: Database, projectId: string) {
  return db
    .selectFrom('agents')
    .select(['id', 'project_id', 'name', 'state', 'last_heartbeat_at'])
    .select(
      sql<boolean>`exists (select from pauses one where one.agent_id = agents.id and one.workspace_id is null and one.state = 'active')`.as(
        'paused',
      ),
    )
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
    .orderBy('name')
    .execute()
}
