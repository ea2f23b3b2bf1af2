import type { executionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { firstIdAt } from './uuid-time.ts'

export interface GaugePoint {
  at: Date
  agents_online: number
  active: number
  pending_approvals: number
  queued: number
}

/** What is known of a project in memory alone. */
export interface FleetGauge {
  project: string
  online: number
  active: number
}

/** Of every project, in one statement. */
export async function insertGauges(tx: Tx, at: Date, fleet: readonly FleetGauge[]): Promise<void> {
  await sql`
    insert into gauges (project_id, at, agents_online, active, pending_approvals, queued)
    select projects.id, ${at}, coalesce(fleet.online, 0), coalesce(fleet.active, 0),
      (select count(*) from approvals where project_id = projects.id and state = 'pending'),
      (select count(*) from executions where project_id = projects.id and state = 'queued')
    from projects left join unnest(
      ${fleet.map(({ project }) => project)}::text[], ${fleet.map(({ online }) => online)}::int[],
      ${fleet.map(({ active }) => active)}::int[]
    ) as fleet(project, online, active) on fleet.project = projects.id
    on conflict do nothing`.execute(tx)
}

/** The highest of each quarter of an hour, oldest first. */
export async function selectGauges(db: Database, projectId: string, since: Date): Promise<GaugePoint[]> {
  const { rows } = await sql<GaugePoint>`
    select date_bin('15 minutes', at, timestamptz '2000-01-01') as at, max(agents_online) as agents_online,
      max(active) as active, max(pending_approvals) as pending_approvals, max(queued) as queued
    from gauges where project_id = ${projectId} and at >= ${since}
    group by 1 order by 1`.execute(db)
  return rows
}

export interface ActivityRow {
  tool: string
  state: (typeof executionStates)[number]
  calls: number
}

/** What became of the newest calls since a time, by tool: of so many at most. */
export async function selectActivity(
  db: Database,
  projectId: string,
  since: Date,
  limit: number,
): Promise<ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    select tool, state, count(*)::int as calls from (
      select tool, state from executions where project_id = ${projectId} and id >= ${firstIdAt(since)}
      order by id desc limit ${limit}
    ) newest group by tool, state`.execute(db)
  return rows
}
