// One execution moves to another state outside of the commit lanes: compare-and-set over its
// lifecycle, and its event in the same transaction.
import { type ExecutionState, executionLifecycle } from '@xerotier/protocol/lifecycles/execution.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { UpdateObject } from 'kysely'
import type { ExecutionRow, Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface ExecutionMove {
  to: ExecutionState
  /** States that it may come from; default: all that the lifecycle allows. */
  from?: readonly ExecutionState[]
  /** The attempt that it is about; a later one fences it. */
  attempt?: number
  set?: UpdateObject<Tables, 'executions'>
  actor: Actor
  data?: Record<string, unknown>
}

/** @returns the row as it is now; undefined when its state, or its attempt, was another */
export async function moveExecution(
  writing: Pick<Writing, 'tx' | 'append'>,
  executionId: string,
  move: ExecutionMove,
): Promise<ExecutionRow | undefined> {
  const [row] = await moveExecutions(writing, [executionId], move)
  return row
}

/** Many at once. @returns those that moved, as they are now */
export async function moveExecutions(
  { tx, append }: Pick<Writing, 'tx' | 'append'>,
  executionIds: readonly string[],
  move: ExecutionMove,
): Promise<ExecutionRow[]> {
  let update = tx
    .updateTable('executions')
    .set({ ...move.set, state: move.to })
    .where('id', 'in', executionIds)
    .where('state', 'in', move.from ?? sourcesOf(executionLifecycle, move.to))
  if (move.attempt !== undefined) update = update.where('attempt', '=', move.attempt)
  const rows = await update.returningAll().execute()
  for (const row of rows) {
    append({
      project_id: row.project_id,
      kind: `execution.${move.to}`,
      actor: move.actor,
      execution_id: row.id,
      workspace_id: row.workspace_id,
      ...(row.agent_id === null ? {} : { agent_id: row.agent_id }),
      ...(row.approval_id === null ? {} : { approval_id: row.approval_id }),
      ...(move.data === undefined ? {} : { data: move.data }),
    })
  }
  return rows
}
