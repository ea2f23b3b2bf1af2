import type { Execution } from '@xerotier/protocol/api/executions.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { ExecutionRow } from '../../store/tables.ts'

/** What the record refers to by id: in the operators' words, and of its approval. */
export interface ExecutionNames {
  workspace: string
  agent: string | null
  requestedBy: string | null
  /** Of its approval; null for a call that nobody was asked about. */
  askedRisk: Risk | null
}

const iso = (at: Date | null) => at?.toISOString() ?? null

/**
 * The public form of an execution, the same at every door. Written out, since each call makes it:
 * the loop of public-form.ts takes longer.
 */
export function presentExecution(row: ExecutionRow, names: ExecutionNames): Execution {
  return {
    id: row.id,
    object: 'execution',
    project_id: row.project_id,
    workspace_id: row.workspace_id,
    workspace: names.workspace,
    tool: row.tool,
    risk: row.risk,
    effective_risk: names.askedRisk ?? row.risk,
    state: row.state,
    args: row.args,
    digest: row.digest,
    schema_digest: row.schema_digest,
    policy_version: row.policy_version,
    credentials_ref: row.credentials_ref,
    agent_id: row.agent_id,
    agent: names.agent,
    attempt: row.attempt,
    approval_id: row.approval_id,
    retry_of: row.retry_of,
    reason: row.reason,
    requested_by: row.requested_by,
    requested_by_name: names.requestedBy,
    requested_key: row.requested_key,
    requested_door: row.requested_door,
    request_id: row.request_id,
    trace_id: row.traceparent?.slice(3, 35) ?? null,
    timeout_ms: row.timeout_ms,
    created_at: row.created_at.toISOString(),
    dispatched_at: iso(row.dispatched_at),
    started_at: iso(row.started_at),
    finished_at: iso(row.finished_at),
    duration_ms: duration(row),
    exit_code: row.exit_code,
    signal: row.signal,
    error: row.error,
    result: row.result,
    stdout_bytes: row.stdout_bytes,
    stderr_bytes: row.stderr_bytes,
    truncated: row.truncated,
  }
}

function duration(row: ExecutionRow): number | null {
  if (row.started_at === null || row.finished_at === null) return null
  return Math.max(0, row.finished_at.getTime() - row.started_at.getTime())
}
