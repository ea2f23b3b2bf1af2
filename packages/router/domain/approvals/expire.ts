// Silence is an answer: an approval that nobody decided in time is expired, and its call with it.

import { lockOverdueApprovals } from '../../store/approvals.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { endCall } from '../attempts/end.ts'
import { type Writing, write } from '../events/write.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import type { Records } from '../records.ts'

const perSweep = 200
const error = { code: 'approval_expired', message: 'Nobody decided the approval in time.' }

/** @param approval locked, and pending */
export async function expireApproval(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  { id, execution_id }: ApprovalRow,
): Promise<void> {
  await moveApproval(writing, id, { to: 'expired', actor: router })
  await endCall(core, writing, execution_id, {
    to: 'expired',
    from: ['pending_approval'],
    error,
    actor: router,
    data: { approval_id: id },
  })
}

/** Expires what is due. Called every second. */
export async function expireApprovals(core: Records & Pick<Attempts, 'calls'>): Promise<void> {
  await write(core, async (writing) => {
    for (const approval of await lockOverdueApprovals(writing.tx, writing.now, perSweep)) {
      await expireApproval(core, writing, approval)
    }
  })
}
