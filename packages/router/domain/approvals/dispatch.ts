// An approved call goes on: to an agent, or into the queue.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ApprovalRow, ExecutionRow } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { Writing } from '../events/write.ts'
import { moveExecution } from '../lifecycles/execution.ts'

/** To a free agent in this very transaction, or into the queue. */
export async function dispatchOrQueue(
  { dispatcher }: Pick<Attempts, 'dispatcher'>,
  writing: Writing,
  call: ExecutionRow,
  approval: Pick<ApprovalRow, 'id'>,
  actor: Actor,
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

export function movedOn(): Fault {
  return new Fault('illegal_transition', { message: 'The call does not wait for its approval any more.' })
}
