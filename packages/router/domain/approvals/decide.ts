// The one function behind every door that decides: API, CLI, and whatever comes later.
import type { Approval, decisionSchema } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { sameSecret } from '@xerotier/runtime/digest.ts'
import type { z } from 'zod'
import { lockApproval } from '../../store/approvals.ts'
import { lockExecution } from '../../store/executions.ts'
import type { ApprovalRow, ExecutionRow } from '../../store/tables.ts'
import { cameBy, type Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { whatChanged } from '../attempts/changed.ts'
import { endCall } from '../attempts/end.ts'
import { voidApproval } from '../attempts/void.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'
import { callDigest } from '../tools/call-digest.ts'
import { expireApproval } from './expire.ts'
import { hostsOf } from './hosts.ts'
import { presentApproval } from './present.ts'
import { mayDecide } from './requester.ts'

export type Decision = 'approve' | 'reject'

type Deciding = Records & FleetView & Pick<Attempts, 'calls' | 'dispatcher'>
type Body = z.infer<typeof decisionSchema>
type Requested = ApprovalRow & { requested_by_name: string | null }

/** A refusal that changes the record is returned, not thrown: the change must commit. */
type Outcome = { fault: Fault } | { approval: ApprovalRow; requestedBy: string | null }

/**
 * Approves or rejects, once. Approving dispatches in the same transaction where an agent is free.
 * @param claim takes what the decision is made with, in its transaction, once nobody else decides
 * @throws Fault approval_not_found, approval_already_decided, approval_expired, approval_voided
 * @throws Fault confirmation_required, self_approval
 */
export async function decideApproval(
  core: Deciding & Directory,
  actor: Member,
  approvalId: string,
  decision: Decision,
  body: Body,
  claim?: (writing: Writing) => Promise<void>,
): Promise<Approval> {
  if (!isUuid(approvalId)) throw new Fault('approval_not_found')
  const outcome = await write(core, async (writing): Promise<Outcome> => {
    const approval = await lockApproval(writing.tx, actor.projectId, approvalId)
    if (approval === undefined) throw new Fault('approval_not_found')
    requireWorkspace(actor, approval.workspace_id)
    if (approval.state !== 'pending') throw decidedFault(approval)
    await claim?.(writing)
    if (approval.expires_at.getTime() <= writing.now.getTime()) {
      await expireApproval(core, writing, approval)
      return { fault: new Fault('approval_expired') }
    }
    if (body.digest !== undefined && !sameSecret(body.digest, approval.digest)) {
      throw new Fault('approval_voided', {
        param: 'digest',
        message: 'The digest is not that of this approval, which stays pending: look at it again before you decide.',
      })
    }
    return decision === 'reject'
      ? reject(core, writing, approval, actor, body)
      : approve(core, writing, approval, actor, body)
  })
  if ('fault' in outcome) throw outcome.fault
  const { approval, requestedBy } = outcome
  const workspace = await findWorkspaceOfHistory(core, approval.project_id, approval.workspace_id)
  return presentApproval(approval, {
    workspace: workspace.name,
    requestedBy,
    decidedBy: actor.name,
    agents: hostsOf(core, approval),
  })
}

function decidedFault(approval: ApprovalRow): Fault {
  if (approval.state === 'expired') return new Fault('approval_expired')
  if (approval.state === 'voided') return new Fault('approval_voided')
  return new Fault('approval_already_decided', { message: `The approval is already ${approval.state}.` })
}

async function approve(
  core: Deciding,
  writing: Writing,
  approval: Requested,
  actor: Member,
  body: Body,
): Promise<Outcome> {
  const call = await lockExecution(writing.tx, approval.execution_id)
  if (call === undefined) throw new Error('an approval without its call')
  if (!sameSecret(callDigest(call), approval.digest) || whatChanged(core, call) !== undefined) {
    await voidApproval(core, writing, approval.id, call, 'What was to be approved has changed.')
    return { fault: new Fault('approval_voided') }
  }
  mustBeConfirmed(approval, body)
  if (!(await mayDecide(writing.tx, actor, approval))) throw new Fault('self_approval')
  const approved = await decide(writing, approval, 'approved', actor, body)
  await dispatchOrQueue(core, writing, call, approval, actor)
  return { approval: approved, requestedBy: approval.requested_by_name }
}

/** Whoever types another name looks at another call, whatever its risk. */
function mustBeConfirmed({ tool, risk }: ApprovalRow, { confirm }: Body): void {
  if (confirm !== undefined && confirm !== tool) {
    throw new Fault('confirmation_required', {
      param: 'confirm',
      message: `What was typed is not the tool of this call: confirm it by typing ${tool}.`,
    })
  }
  if (risk === 'irreversible' && confirm === undefined) {
    throw new Fault('confirmation_required', {
      param: 'confirm',
      message: `This call cannot be undone: confirm it by typing ${tool}.`,
    })
  }
}

/** To a free agent in this very transaction, or into the queue. */
async function dispatchOrQueue(
  { dispatcher }: Pick<Attempts, 'dispatcher'>,
  writing: Writing,
  call: ExecutionRow,
  approval: ApprovalRow,
  actor: Member,
): Promise<void> {
  const row = { ...call }
  const agent = dispatcher.reserve(row, { newcomer: false })
  if (agent !== undefined) writing.undo(() => dispatcher.release(row))
  const { agent_id, attempt, lease_epoch, journal_id } = row
  const moved = await moveExecution(writing, call.id, {
    to: agent === undefined ? 'queued' : 'dispatched',
    from: ['pending_approval'],
    set:
      agent === undefined
        ? { queue_deadline: dispatcher.queueDeadline() }
        : { agent_id, attempt, lease_epoch, journal_id, dispatched_at: writing.now },
    actor,
    data: { approval_id: approval.id },
  })
  if (moved === undefined) throw movedOn()
  writing.after(() => {
    if (agent !== undefined) return dispatcher.send(row)
    dispatcher.queued(moved)
    dispatcher.wake(moved.project_id)
  })
}

async function reject(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  approval: Requested,
  actor: Member,
  body: Body,
): Promise<Outcome> {
  const rejected = await decide(writing, approval, 'rejected', actor, body)
  const ended = await endCall(core, writing, approval.execution_id, {
    to: 'rejected',
    from: ['pending_approval'],
    actor,
    data: { approval_id: approval.id, ...(body.note === undefined ? {} : { note: body.note }) },
  })
  if (ended === undefined) throw movedOn()
  return { approval: rejected, requestedBy: approval.requested_by_name }
}

async function decide(
  writing: Writing,
  approval: ApprovalRow,
  to: 'approved' | 'rejected',
  actor: Member,
  { note }: Body,
): Promise<ApprovalRow> {
  const { key, door } = cameBy(actor)
  const decided = await moveApproval(writing, approval.id, {
    to,
    set: { decided_by: actor.id, decided_key: key, decided_door: door, note: note ?? null },
    actor,
    data: { digest: approval.digest, ...(note === undefined ? {} : { note }) },
  })
  if (decided === undefined) throw new Error('a locked approval was decided by somebody else')
  return decided
}

function movedOn(): Fault {
  return new Fault('illegal_transition', { message: 'The call does not wait for its approval any more.' })
}
