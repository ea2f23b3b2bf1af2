// The one function behind every door that decides: API, CLI, and whatever comes later.

import type { Approval, decisionSchema } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { uuidSchema } from '@xerotier/protocol/ids.ts'
import { sameSecret } from '@xerotier/runtime/digest.ts'
import type { z } from 'zod'
import { keyName } from '../../store/api-keys.ts'
import type { Tx } from '../../store/database.ts'
import { appendEvents } from '../../store/events.ts'
import type { ApprovalRow, ExecutionRow } from '../../store/tables.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { whatChanged } from '../attempts/changed.ts'
import { voidApproval } from '../attempts/void.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'
import { callDigest } from '../tools/call-digest.ts'
import { expireApproval } from './expire.ts'
import { presentApproval } from './present.ts'
import { mayDecide } from './requester.ts'

export type Decision = 'approve' | 'reject'

type Outcome = { fault: Fault; execution?: ExecutionRow } | { approval: ApprovalRow; execution: ExecutionRow }

/**
 * Approves or rejects, once. Approving dispatches in the same transaction where an agent is free.
 * @throws Fault approval_not_found, approval_already_decided, approval_expired, approval_voided, confirmation_required, self_approval
 */
export async function decideApproval(
  core: Records & FleetView & Directory & Pick<Attempts, 'calls' | 'dispatcher'>,
  principal: Principal,
  approvalId: string,
  decision: Decision,
  body: z.infer<typeof decisionSchema>,
): Promise<Approval> {
  if (!uuidSchema.safeParse(approvalId).success) throw new Fault('approval_not_found')
  let reserved: ExecutionRow | undefined
  let requestedBy: string | null = null
  let outcome: Outcome
  try {
    outcome = await core.store.db.transaction().execute(async (tx): Promise<Outcome> => {
      const approval = await tx
        .selectFrom('approvals')
        .selectAll()
        .select(keyName('approvals.requested_by', 'approvals.project_id').as('requested_by_name'))
        .where('id', '=', approvalId)
        .where('project_id', '=', principal.projectId)
        .forUpdate()
        .executeTakeFirst()
      if (approval === undefined) throw new Fault('approval_not_found')
      if (approval.state !== 'pending') throw decidedFault(approval)
      requestedBy = approval.requested_by_name
      const at = new Date(core.clock.now())
      // Refusals that change the record are returned, not thrown: the change must commit.
      if (approval.expires_at.getTime() <= at.getTime())
        return { fault: new Fault('approval_expired'), ...(await expireApproval(tx, approval, at)) }
      const call = await tx
        .selectFrom('executions')
        .selectAll()
        .where('id', '=', approval.execution_id)
        .forUpdate()
        .executeTakeFirstOrThrow()
      if (body.digest !== undefined && !sameSecret(body.digest, approval.digest)) {
        throw new Fault('approval_voided', {
          param: 'digest',
          message: 'The digest is not that of this approval, which stays pending: look at it again before you decide.',
        })
      }
      if (decision === 'reject') return reject(tx, approval, call, principal, body, at)

      if (!sameSecret(callDigest(call), approval.digest) || whatChanged(core, call) !== undefined) {
        const execution = await voidApproval(tx, approval.id, call, 'What was to be approved has changed.', at)
        return { fault: new Fault('approval_voided'), ...(execution === undefined ? {} : { execution }) }
      }
      if (body.confirm !== undefined && body.confirm !== approval.tool) {
        // Whoever types another name looks at another call, whatever its risk.
        throw new Fault('confirmation_required', {
          param: 'confirm',
          message: `What was typed is not the tool of this call: confirm it by typing ${approval.tool}.`,
        })
      }
      if (approval.risk === 'irreversible' && body.confirm === undefined) {
        throw new Fault('confirmation_required', {
          param: 'confirm',
          message: `This call cannot be undone: confirm it by typing ${approval.tool}.`,
        })
      }
      if (!(await mayDecide(tx, principal, approval.requested_by))) throw new Fault('self_approval')
      const decided = await decide(tx, approval, 'approved', principal, body, at)
      reserved = { ...call }
      const agent = core.dispatcher.reserve(reserved, { newcomer: false })
      const execution = await moveExecution(tx, call.id, {
        to: agent === undefined ? 'queued' : 'dispatched',
        from: ['pending_approval'],
        set:
          agent === undefined
            ? { queue_deadline: core.dispatcher.queueDeadline() }
            : {
                agent_id: agent.id,
                attempt: reserved.attempt,
                lease_epoch: reserved.lease_epoch,
                journal_id: reserved.journal_id,
                dispatched_at: at,
              },
        actor: principal.keyId,
        at,
        data: { approval_id: approval.id },
      })
      if (execution === undefined) throw new Fault('illegal_transition', { message: `The call is ${call.state}.` })
      return { approval: decided, execution }
    })
  } catch (error) {
    if (reserved !== undefined) core.dispatcher.release(reserved)
    throw error
  }
  core.eventLog.wake()
  if ('fault' in outcome) {
    if (outcome.execution !== undefined) core.calls.settled(outcome.execution)
    throw outcome.fault
  }
  const { approval, execution } = outcome
  if (execution.state === 'dispatched') core.dispatcher.send(reserved!)
  else if (execution.state === 'queued') {
    core.dispatcher.queued(execution)
    core.dispatcher.wake(execution.project_id)
  } else core.calls.settled(execution)
  const workspace = await findWorkspace(core, approval.project_id, approval.workspace_id)
  return presentApproval(approval, { workspace: workspace.name, requestedBy, decidedBy: principal.name })
}

function decidedFault(approval: ApprovalRow): Fault {
  if (approval.state === 'expired') return new Fault('approval_expired')
  if (approval.state === 'voided') return new Fault('approval_voided')
  return new Fault('approval_already_decided', { message: `The approval is already ${approval.state}.` })
}

async function decide(
  tx: Tx,
  approval: ApprovalRow,
  state: 'approved' | 'rejected',
  principal: Principal,
  body: z.infer<typeof decisionSchema>,
  at: Date,
): Promise<ApprovalRow> {
  const decided = await tx
    .updateTable('approvals')
    .set({ state, decided_by: principal.keyId, decided_at: at, note: body.note ?? null })
    .where('id', '=', approval.id)
    .where('state', '=', 'pending')
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendEvents(tx, [
    {
      at,
      project_id: approval.project_id,
      kind: `approval.${state}`,
      actor: principal.keyId,
      execution_id: approval.execution_id,
      approval_id: approval.id,
      workspace_id: approval.workspace_id,
      data: { digest: approval.digest, ...(body.note === undefined ? {} : { note: body.note }) },
    },
  ])
  return decided
}

async function reject(
  tx: Tx,
  approval: ApprovalRow,
  call: ExecutionRow,
  principal: Principal,
  body: z.infer<typeof decisionSchema>,
  at: Date,
): Promise<Outcome> {
  const decided = await decide(tx, approval, 'rejected', principal, body, at)
  const execution = await moveExecution(tx, call.id, {
    to: 'rejected',
    from: ['pending_approval'],
    set: { finished_at: at },
    actor: principal.keyId,
    at,
    data: { approval_id: approval.id, ...(body.note === undefined ? {} : { note: body.note }) },
  })
  if (execution === undefined) throw new Fault('illegal_transition', { message: `The call is ${call.state}.` })
  return { approval: decided, execution }
}
