// An owner runs a call now, without those whom the policy asks. It is told to all of them, stands
// out in the record, and has to be reviewed by somebody else.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { isOwner } from '../people/people.ts'
import { placeText } from '../policy/places.ts'
import { askedOf } from './asked.ts'
import type { Electorate } from './electorate.ts'

/**
 * @returns who is skipped, in words, and until when it has to be reviewed
 * @throws Fault break_glass_not_allowed
 */
export function breakGlass(
  { people }: Electorate,
  approval: ApprovalRow,
  actor: Member,
  now: Date,
): { skipped: string[]; dueAt: Date } {
  const asked = askedOf(approval)
  if (asked.reviewSeconds === null) throw new Fault('break_glass_not_allowed')
  if (actor.kind !== 'person' || !isOwner(people, actor.id))
    throw new Fault('break_glass_not_allowed', {
      message: 'Only an owner of the project runs a call without its approvals.',
    })
  const skipped = asked.stages.flatMap(({ places }) => places.map(placeText))
  return { skipped: [...new Set(skipped)], dueAt: new Date(now.getTime() + asked.reviewSeconds * 1000) }
}

export function appendBrokenGlass(
  { append }: Writing,
  approval: ApprovalRow,
  actor: Member,
  data: { reason: string | undefined; skipped: string[]; review_due_at: string },
): void {
  const { stage } = approval
  // Those of the stages to come are skipped as well.
  const tell = askedOf(approval).stages.flatMap((one) => one.tell)
  append({
    project_id: approval.project_id,
    kind: 'approval.broken_glass',
    actor,
    execution_id: approval.execution_id,
    approval_id: approval.id,
    workspace_id: approval.workspace_id,
    data: { ...data, stage, tool: approval.tool, tell },
  })
}
