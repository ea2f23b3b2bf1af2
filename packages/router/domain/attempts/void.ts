// What was approved, or was to be, is not what would run any more (law L3).

import type { ExecutionRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { endCall } from './end.ts'

/**
 * Voids the approval and cancels its call: nothing of it ran, whether or not it was approved.
 * @returns undefined when the call has moved on; then nothing of this may be committed
 */
export async function voidApproval(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  approvalId: string,
  call: Pick<ExecutionRow, 'id' | 'state'>,
  message: string,
): Promise<ExecutionRow | undefined> {
  await moveApproval(writing, approvalId, { to: 'voided', actor: router, data: { reason: message } })
  const error = { code: 'approval_voided', message }
  return endCall(core, writing, call.id, {
    to: 'cancelled',
    from: [call.state],
    error,
    actor: router,
    data: { error },
  })
}

/** The same for an approved call that was about to be dispatched. */
export async function voidApproved(
  core: Records & Pick<Attempts, 'calls'>,
  row: ExecutionRow,
  approvalId: string,
  message: string,
): Promise<void> {
  core.calls.remove(row)
  try {
    await write(core, async (writing) => {
      const ended = await voidApproval(core, writing, approvalId, row, message)
      if (ended === undefined) throw new Overtaken()
    })
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
  }
}

/** The call was cancelled or has expired meanwhile: its approval stays what it was. */
class Overtaken extends Error {}
