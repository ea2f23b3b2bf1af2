// A tool call comes in: checked, decided, stored, and given to an agent at once where one is free.

import type { Execution, Invocation } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import { digestOf } from '@xerotier/runtime/digest.ts'
import type { Tracing } from '@xerotier/runtime/tracing.ts'
import { initialOf } from '../../store/column.ts'
import { type ExecutionRow, unfolding } from '../../store/tables.ts'
import { requestApproval } from '../approvals/request.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { submissionOf } from '../attempts/submission.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { newUuid } from '../ids.ts'
import { decidePolicy, policyVersion } from '../policy/decide.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'
import { checkArguments, isStorable } from '../tools/arguments.ts'
import { callDigest } from '../tools/call-digest.ts'
import { toolFor } from '../tools/tool-for.ts'
import { unserved } from '../tools/unserved.ts'
import { presentRow } from './present-row.ts'
import { replayed } from './replay.ts'
import { traceSubmit } from './trace.ts'

const nothingYet = initialOf(unfolding)

export interface SubmitMeta {
  requestId: string
  idempotencyKey?: string | undefined
  traceparent?: string | undefined
  /** How long the caller waits for the end, ms; 0 not at all. */
  waitMs: number
  /** Takes what is to happen when the caller hangs up: the call goes on, the wait ends. */
  onHangUp?: (stop: () => void) => void
}

/**
 * Stores the call durably before it answers (law L1): dispatched to a free agent, queued, or waiting for approval.
 * @throws Fault workspace_not_found, exec_tool_not_found, invalid_arguments, idempotency_conflict, tool_executor_unavailable, capacity_exceeded
 */
export async function submitCall(
  core: Records & FleetView & Directory & Attempts & { tracing: Tracing },
  principal: Principal,
  invocation: Invocation,
  meta: SubmitMeta,
): Promise<{ execution: Execution; settled: boolean }> {
  if (core.lanes.depth >= limits.commitQueue)
    throw new Fault('capacity_exceeded', { message: 'The router has too many submits in hand.', retryAfter: 1 })
  const workspace = await findWorkspace(core, principal.projectId, invocation.workspace)
  const tool = toolFor(core, principal.projectId, workspace, invocation.tool)
  const key = meta.idempotencyKey
  const requestDigest = () => digestOf({ ...invocation, workspace: workspace.id })
  try {
    if (tool === undefined) throw await unserved(core, principal.projectId, workspace, invocation.tool)
    checkArguments(tool, invocation.args)
  } catch (error) {
    // What was accepted once is answered again, whether or not it would be accepted now.
    if (key !== undefined && isStorable(invocation.args)) {
      const submit = { project_id: principal.projectId, idempotency_key: key, request_digest: requestDigest() }
      const first = await replayed(core, submit, meta.waitMs)
      if (first !== undefined) return first
    }
    throw error
  }

  const now = core.clock.now()
  const row: ExecutionRow = {
    ...nothingYet,
    id: newUuid(now),
    project_id: principal.projectId,
    workspace_id: workspace.id,
    tool: tool.name,
    risk: tool.risk,
    at_most_once: runsAtMostOnce(tool.risk, tool.idempotent),
    state: 'queued',
    args: invocation.args,
    schema_digest: tool.schema_digest,
    digest: '',
    policy_version: policyVersion,
    agent_id: null,
    attempt: 0,
    lease_epoch: 0,
    journal_id: null,
    reason: invocation.reason ?? null,
    requested_by: principal.keyId,
    request_id: meta.requestId,
    traceparent: meta.traceparent ?? null,
    idempotency_key: key ?? null,
    request_digest: key === undefined ? null : requestDigest(),
    timeout_ms: Math.min(invocation.timeout_ms ?? tool.timeout_ms, tool.timeout_ms),
    created_at: new Date(now),
    queue_deadline: null,
    dispatched_at: null,
  }
  row.digest = callDigest(row)
  const span = traceSubmit(core.tracing, row)

  const decision = decidePolicy({ risk: tool.risk })
  const waiter = meta.waitMs > 0 ? core.calls.waitFor(row.id, meta.waitMs) : undefined
  if (waiter !== undefined) meta.onHangUp?.(waiter.stop)
  try {
    const stored =
      decision.decision === 'ask' ? await requestApproval(core, row, decision.timeoutSeconds) : await store(core, row)
    span?.end({ ok: true, attributes: { state: row.state, replayed: !stored } })
    if (!stored) {
      const first = await replayed(core, row, meta.waitMs)
      if (first === undefined) throw new Error('a submit was neither stored nor found')
      return first
    }
    core.eventLog.wake()
    const settled = await waiter?.settled
    return { execution: await presentRow(core, settled ?? row, principal.name), settled: settled !== undefined }
  } catch (error) {
    span?.end({ ok: false, message: error instanceof Fault ? error.code : 'internal_error' })
    throw error
  } finally {
    waiter?.stop()
  }
}

/** @returns false when the idempotency key is known */
async function store(core: Pick<Attempts, 'lanes' | 'dispatcher'>, row: ExecutionRow): Promise<boolean> {
  const agent = core.dispatcher.reserve(row, { newcomer: true })
  if (agent === undefined) core.dispatcher.admit(row)
  try {
    const written = await core.lanes.commit('submit', submissionOf(row))
    if (!written) {
      core.dispatcher.release(row)
      return false
    }
  } catch (error) {
    core.dispatcher.release(row)
    throw error
  }
  if (agent === undefined) core.dispatcher.entered(row)
  else core.dispatcher.send(row)
  return true
}
