// Whether somebody may decide, before they try: by the very conditions of a decision.
import type { Standing } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectNamedApproval } from '../../store/approvals.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'
import { askedOf, stageOf } from './asked.ts'
import { decidedFault } from './decide.ts'
import { readElectorate } from './electorate.ts'
import { asOf } from './present.ts'
import { mustBeAbleToApprove, mustBeAsked } from './vote.ts'

/** @throws Fault approval_not_found */
export async function standingOn(
  { store: { db }, clock }: Pick<Records, 'store' | 'clock'>,
  actor: Member,
  id: string,
): Promise<Standing> {
  const row = isUuid(id) ? await selectNamedApproval(db, actor.projectId, id) : undefined
  if (row === undefined) throw new Fault('approval_not_found')
  const now = new Date(clock.now())
  const approval = asOf(row, now.getTime())
  const open = () => {
    requireWorkspace(actor, approval.workspace_id)
    if (approval.state !== 'pending') throw decidedFault(approval)
  }
  return {
    object: 'standing',
    approval_id: id,
    approve: await hindranceOf(async () => {
      open()
      await mustBeAbleToApprove(db, approval, actor, now)
    }),
    reject: await hindranceOf(async () => {
      open()
      // Whoever asked may take it back, whoever else decides.
      if (actor.id !== approval.requested_by) mustBeAsked(await electorateFor(approval), approval, actor.id)
    }),
  }

  function electorateFor(of: ApprovalRow) {
    return readElectorate(db, of.project_id, now, [actor.id], [stageOf(askedOf(of), of.stage)])
  }
}

async function hindranceOf(condition: () => Promise<void>): Promise<Standing['approve']> {
  try {
    await condition()
    return null
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { code: error.code, message: error.message }
  }
}
