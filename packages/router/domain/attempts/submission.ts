import type { Submission } from '../../store/lanes/parts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { canonicalArguments } from '../tools/call-digest.ts'

/** A new row as the commit lane takes it. */
export function submissionOf(row: ExecutionRow): Submission {
  return {
    id: row.id,
    project_id: row.project_id,
    workspace_id: row.workspace_id,
    tool: row.tool,
    risk: row.risk,
    at_most_once: row.at_most_once,
    state: row.state as Submission['state'],
    args: canonicalArguments(row.args),
    schema_digest: row.schema_digest,
    digest: row.digest,
    policy_version: row.policy_version,
    agent_id: row.agent_id,
    attempt: row.attempt,
    lease_epoch: row.lease_epoch,
    journal_id: row.journal_id,
    reason: row.reason,
    requested_by: row.requested_by,
    request_id: row.request_id,
    traceparent: row.traceparent,
    idempotency_key: row.idempotency_key,
    request_digest: row.request_digest,
    timeout_ms: row.timeout_ms,
    created_at: row.created_at,
    queue_deadline: row.queue_deadline,
    dispatched_at: row.dispatched_at,
  }
}
