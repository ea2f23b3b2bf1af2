import type { Cancellation } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { uuidSchema } from '@xerotier/protocol/ids.ts'
import { keyName } from '../../store/api-keys.ts'
import { appendEvents } from '../../store/events.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'
import { presentRow } from './present-row.ts'

/**
 * Cancels a call: at once when it waits, by killing it when it runs (`done` false: its agent has been asked, or will be when
 * it is back).
 * @throws Fault execution_not_found, illegal_transition when it has ended
 */
export async function cancelCall(
  core: Records & FleetView & Directory & Pick<Attempts, 'calls' | 'dispatcher'>,
  principal: Principal,
  executionId: string,
): Promise<{ execution: Cancellation; done: boolean }> {
  if (!uuidSchema.safeParse(executionId).success) throw new Fault('execution_not_found')
  const at = new Date(core.clock.now())
  const { row, requestedBy, done } = await core.store.db.transaction().execute(async (tx) => {
    // The approval before the call, as everybody else does: two who lock in opposite orders wait for each other.
    await tx
      .selectFrom('approvals')
      .select('id')
      .where('execution_id', '=', executionId)
      .where('project_id', '=', principal.projectId)
      .forUpdate()
      .execute()
    const current = await tx
      .selectFrom('executions')
      .selectAll()
      .select(keyName('executions.requested_by', 'executions.project_id').as('requested_by_name'))
      .where('id', '=', executionId)
      .where('project_id', '=', principal.projectId)
      .forUpdate()
      .executeTakeFirst()
    if (current === undefined) throw new Fault('execution_not_found')
    if (current.state === 'dispatched' || current.state === 'running') {
      const about = { requestedBy: current.requested_by_name, done: false }
      if (current.cancel_requested_at !== null) return { row: current, ...about }
      await tx.updateTable('executions').set({ cancel_requested_at: at }).where('id', '=', executionId).execute()
      await appendEvents(tx, [
        {
          at,
          project_id: current.project_id,
          kind: 'execution.cancel_requested',
          actor: principal.keyId,
          execution_id: executionId,
          workspace_id: current.workspace_id,
        },
      ])
      return { row: { ...current, cancel_requested_at: at }, ...about }
    }
    const cancelled = await moveExecution(tx, executionId, {
      to: 'cancelled',
      from: ['queued', 'pending_approval'],
      set: { finished_at: at },
      actor: principal.keyId,
      at,
    })
    if (cancelled === undefined)
      throw new Fault('illegal_transition', { message: `The call is ${current.state} and cannot be cancelled.` })
    if (cancelled.approval_id !== null && current.state === 'pending_approval') {
      await tx
        .updateTable('approvals')
        .set({ state: 'cancelled', decided_at: at })
        .where('id', '=', cancelled.approval_id)
        .where('state', '=', 'pending')
        .execute()
      await appendEvents(tx, [
        {
          at,
          project_id: cancelled.project_id,
          kind: 'approval.cancelled',
          actor: principal.keyId,
          execution_id: executionId,
          approval_id: cancelled.approval_id,
          workspace_id: cancelled.workspace_id,
        },
      ])
    }
    return { row: cancelled, requestedBy: current.requested_by_name, done: true }
  })
  let asked = false
  if (done) {
    core.calls.settled(row)
    // It counts no longer towards the limit of what may wait.
    core.dispatcher.wake(row.project_id)
  } else {
    const call = core.calls.get(executionId)
    if (call !== undefined) {
      call.row.cancel_requested_at = at
      // Between the end of its lease and of its session nobody listens.
      asked = call.agent.leaseExpiresAt > core.clock.now()
      call.agent.send({ t: 'cancel', execution_id: row.id, attempt: row.attempt, lease_epoch: row.lease_epoch })
    }
  }
  core.eventLog.wake()
  return { execution: { ...(await presentRow(core, row, requestedBy)), agent_asked: asked }, done }
}
