// The trace of a call. The submit is a span of its own, and the row keeps it as the parent of all
// that follows, here and at the agent. What follows is made when the call ends, from the times on
// its record, so that a restart in between loses none.
import type { Attributes, Span, Tracing } from '@xerotier/runtime/tracing.ts'
import type { ExecutionRow } from '../../store/tables.ts'

/**
 * Begins the trace, or a span in the caller's, and puts it on the row before that is stored. A
 * trace that begins here has the id of the execution, without its hyphens.
 */
export function traceSubmit(tracing: Tracing, row: ExecutionRow): Span | undefined {
  const { id: execution_id, request_id, tool, risk, workspace_id, project_id } = row
  const attributes = { execution_id, request_id, tool, risk, workspace_id, project_id }
  const span = tracing.start('exec.submit', row.traceparent, attributes, { traceId: execution_id.replaceAll('-', '') })
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
  record('exec.wait', row.created_at, row.dispatched_at ?? row.finished_at, row.dispatched_at !== null, { approval_id })
  record('exec.dispatch', row.dispatched_at, row.started_at, true)
  record('exec.settle', row.finished_at, new Date(now), state === 'completed', { state })
}
