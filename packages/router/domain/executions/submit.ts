// A tool call comes in: checked, decided, stored, and given to an agent at once where one is free.

import type { Invocation } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import type { Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import { initialOf } from '../../store/column.ts'
import { type ExecutionRow, unfolding, type WorkspaceRow } from '../../store/tables.ts'
import { cameBy, type Member } from '../actor.ts'
import { type Answered, evaluateCall } from '../approvals/evaluate-call.ts'
import { requestApproval } from '../approvals/request.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { submissionOf } from '../attempts/submission.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { Encrypting } from '../encryption/encrypting.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import { newUuid } from '../ids.ts'
import type { ActivePolicy, Policies } from '../policy/book.ts'
import type { Records } from '../records.ts'
import { completeArguments, hasSecrets, isStorable } from '../tools/arguments.ts'
import { callDigest } from '../tools/call-digest.ts'
import { requestDigestOf, sealSecrets } from '../tools/call-secrets.ts'
import { inTurn } from '../tools/check-turns.ts'
import { type Offered, toolFor } from '../tools/tool-for.ts'
import { unserved } from '../tools/unserved.ts'
import { refuseCall } from './refuse-call.ts'
import { findSubmitted, type Submitted } from './submitted.ts'
import { traceSubmit } from './trace.ts'

const nothingYet = initialOf(unfolding)

export interface SubmitMeta {
  requestId: string
  /** Of the call, where somebody knows it already. */
  id?: string
  idempotencyKey?: string | undefined
  traceparent?: string | undefined
  /** The call that is made again. */
  retryOf?: string
}

/**
 * Stores the call durably before it answers (law L1): dispatched to a free agent, queued, or
 * waiting for approval.
 * @returns the call, or the first one with its idempotency key
 * @throws Fault workspace_not_found, exec_tool_not_found, invalid_arguments, idempotency_conflict
 * @throws Fault tool_executor_unavailable, capacity_exceeded, policy_refused
 */
export async function submitCall(
  core: Records & FleetView & Directory & Attempts & Policies & Encrypting & { tracing: Tracing; identity: Identity },
  actor: Member,
  invocation: Invocation,
  meta: SubmitMeta,
): Promise<Submitted> {
  if (core.lanes.depth >= limits.commitQueue)
    throw new Fault('capacity_exceeded', { message: 'The router has too many submits in hand.', retryAfter: 1 })
  const began = core.clock.monotonic()
  const { projectId } = actor
  const workspace = await findWorkspace(core, projectId, invocation.workspace)
  requireWorkspace(actor, workspace.id)
  const now = core.clock.now()
  const keyed: Keyed = {
    id: meta.id ?? newUuid(now),
    project_id: projectId,
    idempotency_key: meta.idempotencyKey ?? null,
    request_digest: null,
  }
  const retry = meta.retryOf === undefined ? {} : { retry_of: meta.retryOf }
  const requestDigest = () => requestDigestOf(core.identity, { ...invocation, ...retry, workspace: workspace.id })
  const offered = toolFor(core, projectId, workspace, invocation.tool)
  let args: Record<string, unknown>
  try {
    if (offered === undefined) throw await unserved(core, projectId, workspace, invocation.tool)
    const { tool } = offered
    args = await inTurn(() => completeArguments(tool, invocation.args))
  } catch (error) {
    // What was accepted once is answered again, whether or not it would be accepted now.
    if (keyed.idempotency_key !== null && isStorable(invocation.args)) {
      const first = await findSubmitted(core, { ...keyed, request_digest: requestDigest() })
      if (first !== undefined) return first
    }
    throw error
  }
  if (keyed.idempotency_key !== null) keyed.request_digest = requestDigest()
  const sealed = hasSecrets(offered.tool)
    ? await inTurn(() => sealSecrets(core.identity, keyed.id, offered.tool.input_schema, args))
    : { args, secrets: null }
  const sealedWith = core.encrypting.has(projectId) ? core.store.contents.keyId : null
  const given = { keyed, sealed, sealedWith, workspace, offered, invocation, at: new Date(now) }
  for (;;) {
    const policy = core.policies.of(projectId, workspace.id)
    const row = newCall(actor, meta, policy, given)
    const stored = await storeTraced(core, actor, row, began, () =>
      evaluateCall(core, actor, policy, { workspace, tool: offered.tool, args: row.args, at: now }),
    )
    if (stored === 'stored') return { row, requestedBy: actor.name }
    if (stored === 'known') return firstOf(core, row)
  }
}

/** What a submit is known by. */
type Keyed = Pick<ExecutionRow, 'id' | 'project_id' | 'idempotency_key' | 'request_digest'>

interface Given {
  keyed: Keyed
  sealed: Pick<ExecutionRow, 'args' | 'secrets'>
  sealedWith: number | null
  workspace: Pick<WorkspaceRow, 'id'>
  offered: Offered
  invocation: Invocation
  at: Date
}

/** The row of a call that nobody has yet. */
function newCall(actor: Member, meta: SubmitMeta, policy: Pick<ActivePolicy, 'number'>, given: Given): ExecutionRow {
  const { keyed, sealed, workspace, invocation, at } = given
  const { tool, credentialsRef } = given.offered
  const { key, door } = cameBy(actor)
  const row: ExecutionRow = {
    ...nothingYet,
    id: keyed.id,
    project_id: keyed.project_id,
    idempotency_key: keyed.idempotency_key,
    request_digest: keyed.request_digest,
    args: sealed.args,
    secrets: sealed.secrets,
    sealed_with: given.sealedWith,
    workspace_id: workspace.id,
    tool: tool.name,
    risk: tool.risk,
    at_most_once: runsAtMostOnce(tool.risk, tool.idempotent),
    state: 'queued',
    schema_digest: tool.schema_digest,
    digest: '',
    policy_version: policy.number,
    credentials_ref: credentialsRef,
    agent_id: null,
    attempt: 0,
    lease_epoch: 0,
    journal_id: null,
    retry_of: meta.retryOf ?? null,
    reason: invocation.reason ?? null,
    requested_by: actor.id,
    requested_key: key,
    requested_door: door,
    request_id: meta.requestId,
    traceparent: meta.traceparent ?? null,
    timeout_ms: Math.min(invocation.timeout_ms ?? tool.timeout_ms, tool.timeout_ms),
    created_at: at,
    queue_deadline: null,
    dispatched_at: null,
  }
  row.digest = callDigest(row)
  return row
}

/**
 * Stores the call as its policy says, alone or with an approval.
 * @param began when the submit did, on the monotonic clock
 * @returns `known` when its key is, `moved` when another policy decides by now
 * @throws Fault policy_refused
 */
async function storeTraced(
  core: Records & Attempts & Policies & { tracing: Tracing },
  actor: Member,
  row: ExecutionRow,
  began: number,
  evaluate: () => Answered | Promise<Answered>,
): Promise<'stored' | 'known' | 'moved'> {
  const span = traceSubmit(core.tracing, row, began)
  try {
    const asked = core.tracing.start('exec.policy', row.traceparent, { execution_id: row.id })
    const evaluated = evaluate()
    const answer = evaluated instanceof Promise ? await evaluated : evaluated
    const { decision, rules } = answer.evaluation
    const matched = rules.map(({ name }) => name).join(', ')
    asked?.end({ ok: true, attributes: { decision, rules: matched, policy_version: row.policy_version } })
    const stored = await storeAs(core, actor, row, answer)
    span?.end({ ok: true, attributes: { state: row.state, replayed: stored === 'known' } })
    return stored
  } catch (error) {
    span?.end({ ok: false, message: error instanceof Fault ? error.code : 'internal_error' })
    throw error
  }
}

async function storeAs(
  core: Records & Attempts & Policies,
  actor: Member,
  row: ExecutionRow,
  { policy, evaluation, facts }: Answered,
): Promise<'stored' | 'known' | 'moved'> {
  switch (evaluation.decision) {
    case 'allow':
      return (await store(core, row)) ? 'stored' : 'known'
    case 'ask':
      return requestApproval(core, actor, row, { policy, evaluation, facts: await facts() })
    case 'refuse':
      // What was accepted once is answered again, whether or not it would be accepted now.
      if (row.idempotency_key !== null && (await findSubmitted(core, row)) !== undefined) return 'known'
      return refuseCall(core, actor, row, policy, evaluation)
  }
}

/** The call that was stored before under the same key. */
async function firstOf(core: Pick<Records, 'store'>, row: ExecutionRow): Promise<Submitted> {
  const first = await findSubmitted(core, row)
  if (first === undefined) throw new Error('a submit was neither stored nor found')
  return first
}

/**
 * Stores the call, with a place at an agent or in the queue.
 * @returns false when its key is known
 */
async function store(
  core: Pick<Attempts, 'lanes' | 'kinds' | 'dispatcher'> & Pick<Records, 'store'>,
  row: ExecutionRow,
): Promise<boolean> {
  const agent = core.dispatcher.reserve(row, { newcomer: true })
  if (agent === undefined) core.dispatcher.enqueue(row)
  try {
    const noted = agent === undefined ? undefined : core.kinds.note(row)
    if (noted !== undefined) await noted
    const written = await core.lanes.commit('submit', submissionOf(core.store, row))
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
