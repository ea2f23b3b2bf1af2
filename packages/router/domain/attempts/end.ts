import { type RawBuilder, sql } from 'kysely'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'
import { type ExecutionMove, moveExecution } from '../lifecycles/execution.ts'
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
  { calls }: Pick<Attempts, 'calls'>,
  writing: Writing,
  executionId: string,
  { error, ...move }: End,
): Promise<ExecutionRow | undefined> {
  const row = await moveExecution(writing, executionId, {
    ...move,
    set: { finished_at: endOf(writing.now), ...(error === undefined ? {} : { error: JSON.stringify(error) }) },
  })
  if (row === undefined) return undefined
  writing.after(() => calls.settled(row))
  return row
}

/** A record never ends before it began, though the clock was set back meanwhile. */
function endOf(now: Date): RawBuilder<Date> {
  return sql<Date>`greatest(${now}::timestamptz, created_at, dispatched_at, started_at)`
}
