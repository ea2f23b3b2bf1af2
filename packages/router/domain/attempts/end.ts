import { type RawBuilder, sql } from 'kysely'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'
import { type ExecutionMove, moveExecutions } from '../lifecycles/execution.ts'
import type { Attempts } from './attempts.ts'

export interface End extends Omit<ExecutionMove, 'set'> {
  to: 'failed' | 'cancelled' | 'rejected' | 'expired' | 'ambiguous'
  error?: { code: string; message: string }
}

/**
 * Ends a call that no agent answered. Once that is committed, who waits for the call hears of it.
 * @returns the row as it is now, or undefined when the call has moved on
 */
export async function endCall(
  attempts: Pick<Attempts, 'calls'>,
  writing: Writing,
  executionId: string,
  end: End,
): Promise<ExecutionRow | undefined> {
  const [row] = await endCalls(attempts, writing, [executionId], end)
  return row
}

/** Many at once. @returns those that ended, as they are now */
export async function endCalls(
  { calls }: Pick<Attempts, 'calls'>,
  writing: Writing,
  executionIds: readonly string[],
  { error, ...move }: End,
): Promise<ExecutionRow[]> {
  const rows = await moveExecutions(writing, executionIds, {
    ...move,
    set: { finished_at: endOf(writing.now), ...(error === undefined ? {} : { error: JSON.stringify(error) }) },
  })
  writing.after(() => {
    for (const row of rows) calls.settled(row)
  })
  return rows
}

/** A record never ends before it began, though the clock was set back meanwhile. */
function endOf(now: Date): RawBuilder<Date> {
  return sql<Date>`greatest(${now}::timestamptz, created_at, dispatched_at, started_at)`
}
