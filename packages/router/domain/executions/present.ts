import { type Execution, executionSchema } from '@xerotier/protocol/api/executions.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { publicForm } from '../public-form.ts'

/** What the record refers to by id, in the operators' words. */
export interface ExecutionNames {
  workspace: string
  agent: string | null
  requestedBy: string | null
}

/** The public form of an execution, the same at every door. */
export const presentExecution = publicForm<Execution, ExecutionRow, ExecutionNames>(executionSchema, {
  object: () => 'execution',
  workspace: (_, names) => names.workspace,
  agent: (_, names) => names.agent,
  requested_by_name: (_, names) => names.requestedBy,
  trace_id: (row) => row.traceparent?.slice(3, 35) ?? null,
  duration_ms: duration,
})

function duration({ started_at, finished_at }: ExecutionRow): number | null {
  if (started_at === null || finished_at === null) return null
  return Math.max(0, finished_at.getTime() - started_at.getTime())
}
