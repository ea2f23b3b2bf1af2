// One execution moves to another state outside of the commit lanes: compare-and-set, its event in the same transaction.
import type { EventKind } from '@xerotier/protocol/events.ts'
import { type ExecutionState, executionLifecycle } from '@xerotier/protocol/lifecycles/execution.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { Tx } from '../../store/database.ts'
import { appendEvents } from '../../store/events.ts'
import type { ExecutionRow, Tables } from '../../store/tables.ts'

export interface Move {
  to: ExecutionState
  /** States it may come from; default: all that the lifecycle allows. */
  from?: readonly ExecutionState[]
  /** The attempt it is about; a later one fences it. */
  attempt?: number
  set?: Updateable<Tables['executions']>
  actor: string
  at: Date
  /** Default: `execution.<to>`. */
  kind?: EventKind
  data?: Record<string, unknown>
}

/** @returns the row as it is now, or undefined when it was not in a state (or attempt) to move from */
export async function moveExecution(tx: Tx, executionId: string, move: Move): Promise<ExecutionRow | undefined> {
  let update = tx
    .updateTable('executions')
    .set({ ...move.set, state: move.to })
    .where('id', '=', executionId)
    .where('state', 'in', [...(move.from ?? sourcesOf(executionLifecycle, move.to))])
  if (move.attempt !== undefined) update = update.where('attempt', '=', move.attempt)
  const row = await update.returningAll().executeTakeFirst()
  if (row === undefined) return undefined
  await appendEvents(tx, [
    {
      at: move.at,
      project_id: row.project_id,
      kind: move.kind ?? `execution.${move.to}`,
      actor: move.actor,
      execution_id: row.id,
      workspace_id: row.workspace_id,
      ...(row.agent_id === null ? {} : { agent_id: row.agent_id }),
      ...(row.approval_id === null ? {} : { approval_id: row.approval_id }),
      ...(move.data === undefined ? {} : { data: move.data }),
    },
  ])
  return row
}
