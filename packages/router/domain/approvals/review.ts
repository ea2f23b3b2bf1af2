// Somebody else looks at what an owner ran alone: whoever was asked to decide it, or an owner.
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { lockApproval } from '../../store/approvals.ts'
import type { Member } from '../actor.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { isUuid } from '../page.ts'
import { either, owners } from '../policy/places.ts'
import type { Records } from '../records.ts'
import { askedOf } from './asked.ts'
import { type Electorate, readElectorate } from './electorate.ts'
import { showApproval } from './show.ts'
import { mustBeAmong } from './vote.ts'

/** @throws Fault approval_not_found, illegal_transition, self_approval, not_an_approver */
export async function reviewApproval(
  core: Records & FleetView,
  actor: Member,
  id: string,
  { note }: { note: string },
): Promise<Approval> {
  if (!isUuid(id)) throw new Fault('approval_not_found')
  await write(core, async ({ tx, now, append }) => {
    const approval = await lockApproval(tx, actor.projectId, id)
    if (approval === undefined) throw new Fault('approval_not_found')
    requireWorkspace(actor, approval.workspace_id)
    if (approval.review_due_at === null || approval.reviewed_at !== null)
      throw new Fault('illegal_transition', { message: 'This approval has no review that is due.' })
    if (actor.id === approval.decided_by)
      throw new Fault('self_approval', { message: 'Somebody else reviews what an owner ran alone.' })
    const { stages } = askedOf(approval)
    const electorate = await readElectorate(tx, actor.projectId, now, [actor.id], stages)
    // An owner fills each place.
    const places = stages.flatMap((stage) =>
      stage.places.map(({ all }) => ({ all: all.map((set) => either(set, owners)) })),
    )
    mustBeAmong(withoutDeputies(electorate, approval.decided_by), places, approval, actor.id, 'reviewed')
    const reviewed = { reviewed_by: actor.id, reviewed_at: now, review_note: note }
    await tx.updateTable('approvals').set(reviewed).where('id', '=', id).execute()
    append({
      project_id: approval.project_id,
      kind: 'approval.reviewed',
      actor,
      execution_id: approval.execution_id,
      approval_id: id,
      workspace_id: approval.workspace_id,
      data: { note },
    })
  })
  return showApproval(core, actor, id)
}

/** Nobody reviews in the place of whoever broke the glass. */
function withoutDeputies(electorate: Electorate, breaker: string | null): Electorate {
  const { people } = electorate
  const delegations = people.delegations.filter(({ kind, from }) => kind !== 'handover' || from !== breaker)
  return { ...electorate, people: { ...people, delegations } }
}
