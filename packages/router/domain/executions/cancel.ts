import type { Cancellation } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { isInFlight, waitingExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { lockApprovalsOf } from '../../store/approvals.ts'
import { lockRequestedExecution } from '../../store/executions.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { endCall } from '../attempts/end.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'
import { presentRow } from './present-row.ts'

type Cancelling = Records & Pick<Attempts, 'calls' | 'dispatcher'>

/**
 * Cancels a call that waits at once, and one that runs by asking its agent to kill it.
 * @returns `done` false when the agent has been asked, or will be when it is back
 * @throws Fault execution_not_found, illegal_transition when it has ended
 */
export async function cancelCall(
  core: Cancelling & FleetView & Directory,
  actor: Member,
  executionId: string,
): Promise<{ execution: Cancellation; done: boolean }> {
  if (!isUuid(executionId)) throw new Fault('execution_not_found')
  const { row, requestedBy, done } = await write(core, async (writing) => {
    // The approval is locked before the call, as everywhere: two who lock in opposite orders wait
    // for each other.
    await lockApprovalsOf(writing.tx, actor.projectId, executionId)
    const call = await lockRequestedExecution(writing.tx, actor.projectId, executionId)
    if (call === undefined) throw new Fault('execution_not_found')
    requireWorkspace(actor, call.workspace_id)
    const done = !isInFlight(call.state)
    const row = done ? await cancelAtOnce(core, writing, call, actor) : await requestCancel(writing, call, actor)
    return { row, requestedBy: call.requested_by_name, done }
  })
  const asked = !done && askAgent(core, row)
  return { execution: { ...(await presentRow(core, row, requestedBy)), agent_asked: asked }, done }
}

async function requestCancel({ tx, now, append }: Writing, call: ExecutionRow, actor: Member): Promise<ExecutionRow> {
  if (call.cancel_requested_at !== null) return call
  await tx.updateTable('executions').set({ cancel_requested_at: now }).where('id', '=', call.id).execute()
  append({
    project_id: call.project_id,
    kind: 'execution.cancel_requested',
    actor,
    execution_id: call.id,
    workspace_id: call.workspace_id,
  })
  return { ...call, cancel_requested_at: now }
}

async function cancelAtOnce(
  core: Cancelling,
  writing: Writing,
  call: ExecutionRow,
  actor: Member,
): Promise<ExecutionRow> {
  const cancelled = await endCall(core, writing, call.id, { to: 'cancelled', from: waitingExecutionStates, actor })
  if (cancelled === undefined)
    throw new Fault('illegal_transition', { message: `The call is ${call.state} and cannot be cancelled.` })
  if (call.approval_id !== null && call.state === 'pending_approval')
    await moveApproval(writing, call.approval_id, { to: 'cancelled', actor })
  // It counts no longer towards the limit of what may wait.
  writing.after(() => core.dispatcher.wake(call.project_id))
  return cancelled
}

/** @returns whether it listens: between the end of its lease and of its session it does not */
function askAgent({ calls, clock }: Cancelling, row: ExecutionRow): boolean {
  const call = calls.get(row.project_id, row.id)
  if (call === undefined) return false
  call.row.cancel_requested_at = row.cancel_requested_at
  call.agent.send({ t: 'cancel', execution_id: row.id, attempt: row.attempt, lease_epoch: row.lease_epoch })
  return call.agent.leaseUntil > clock.monotonic()
}
