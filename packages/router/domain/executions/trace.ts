// The trace of a call. The submit is a span of its own, and the row keeps it as the parent of all
// that follows, here and at the agent. What follows is made when the call ends, from the times on
// its record, so that a restart in between loses none.
import type { Attributes } from '@xerotier/runtime/tracing/span-record.ts'
import type { Span, Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { ExecutionRow } from '../../store/tables.ts'

/** A trace that begins with a call has its id, without the hyphens. */
export function traceIdOf(executionId: string): string {
  // Several times as fast as to look for them.
  const part = (from: number, to: number) => executionId.slice(from, to)
  return part(0, 8) + part(9, 13) + part(14, 18) + part(19, 23) + part(24, 36)
}

/**
 * Begins the trace, or a span in the caller's, and puts it on the row before that is stored.
 * @param began when the submit did, on the monotonic clock
 */
export function traceSubmit(tracing: Tracing, row: ExecutionRow, began: number): Span | undefined {
  const { id: execution_id, request_id, tool, risk, workspace_id, project_id } = row
  const attributes = { execution_id, request_id, tool, risk, workspace_id, project_id }
  // The agent works on in this trace.
  const options = { kind: 'producer' as const, traceId: traceIdOf(execution_id), began }
  const span = tracing.start('exec.submit', row.traceparent, attributes, options)
  if (span !== undefined) row.traceparent = span.traceparent
  return span
}

/** The call has ended and that is committed. @param now ms */
export function traceEnd(tracing: Tracing, row: ExecutionRow, now: number): void {
  if (row.traceparent === null) return
  const { id: execution_id, state, attempt, approval_id } = row
  const attributes = { execution_id, attempt }
  const record = (name: string, from: Date | null, to: Date | null, ok: boolean, more: Attributes = {}) => {
    if (from === null || to === null || to < from) return
    const times = { from: from.getTime(), to: to.getTime() }
    tracing.record(name, row.traceparent, { ...times, ok, message: state, attributes: { ...attributes, ...more } })
  }
  const { created_at, dispatched_at, started_at, finished_at } = row
  record('exec.queue', created_at, dispatched_at ?? finished_at, dispatched_at !== null, { approval_id })
  record('exec.dispatch', dispatched_at, started_at, true)
  record('exec.result', finished_at, new Date(now), state === 'completed', { state })
}
