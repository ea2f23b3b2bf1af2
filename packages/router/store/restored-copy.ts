// A database that was restored from a backup is older than what agents know. Calls that it shows as
// waiting or running may have run since, and nobody here knows: those that may run only once become
// ambiguous before any agent comes back, so that none runs twice (law L2).
import { inFlightExecutionStates, waitingExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import type pg from 'pg'

const reason = 'The database was restored from a backup; whether the call took effect since then is not known.'

/**
 * Finds out whether this database is a restored copy that no router has worked on yet.
 * @param renumbered events came from another cluster: a dump from before databases knew their name
 * @returns how many calls became ambiguous; undefined where it is no such copy
 */
export async function settleRestoredCopy(client: pg.Client, renumbered: boolean): Promise<number | undefined> {
  const system = await systemIdentifier(client)
  const { rows } = await client.query<{ same: boolean }>(
    `select system_identifier in ($1, '') and database_oid = (select oid from pg_database where datname = current_database())
       as same from database_identity`,
    [system],
  )
  const [known] = rows
  const isCopy = known === undefined ? renumbered : !known.same
  if (known?.same === true) return undefined
  await client.query('begin')
  try {
    const calls = isCopy ? await doubtOpenCalls(client) : undefined
    await client.query(
      `insert into database_identity (system_identifier, database_oid)
       select $1, oid from pg_database where datname = current_database()
       on conflict (only_one) do update set system_identifier = excluded.system_identifier,
         database_oid = excluded.database_oid, since = now()`,
      [system],
    )
    await client.query('commit')
    return calls
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function systemIdentifier(client: pg.Client): Promise<string> {
  try {
    const { rows } = await client.query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
    return rows[0]?.id ?? ''
  } catch {
    // The router's role may not ask. The database's own number has to do.
    return ''
  }
}

async function doubtOpenCalls(client: pg.Client): Promise<number> {
  const open = [...waitingExecutionStates, ...inFlightExecutionStates]
  const error = JSON.stringify({ code: 'execution_interrupted', message: reason })
  const { rowCount } = await client.query(
    `with doubted as (
       update executions set state = 'ambiguous', error = $2, finished_at = greatest(now(), created_at, dispatched_at, started_at)
       where at_most_once and state = any($1) returning id, project_id, workspace_id, agent_id, approval_id
     )
     insert into events (at, project_id, kind, actor, execution_id, approval_id, agent_id, workspace_id, data)
     select now(), project_id, 'execution.ambiguous', 'router', id, approval_id, agent_id, workspace_id, $3 from doubted`,
    [open, error, JSON.stringify({ reason })],
  )
  await client.query(
    `with voided as (
       update approvals set state = 'voided', decided_at = now(), note = $1 from executions e
       where e.id = approvals.execution_id and e.state = 'ambiguous' and approvals.state = 'pending'
       returning approvals.id, approvals.project_id, approvals.execution_id, approvals.workspace_id
     )
     insert into events (at, project_id, kind, actor, execution_id, approval_id, workspace_id, data)
     select now(), project_id, 'approval.voided', 'router', execution_id, id, workspace_id, $2 from voided`,
    [reason, JSON.stringify({ reason })],
  )
  await client.query(
    `insert into events (at, project_id, kind, actor, data)
     select now(), id, 'project.restored', 'router', jsonb_build_object('ambiguous', (
       select count(*) from executions e where e.project_id = projects.id and e.state = 'ambiguous')) from projects`,
  )
  return rowCount ?? 0
}
