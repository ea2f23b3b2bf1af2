// What a model, or anybody, thinks of a call that waits: for those who decide to read. It fills no
// place, and nothing that counts votes looks at it.
import type { Approval, recommendationSchema } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { lockApproval } from '../../store/approvals.ts'
import { cameBy, type Member } from '../actor.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'
import { decidedFault, mustBeThisOne } from './decide.ts'
import { asOf } from './present.ts'
import { showApproval } from './show.ts'

/**
 * The last one of each is kept.
 * @throws Fault approval_not_found, approval_already_decided, approval_expired, approval_voided
 * @throws Fault self_approval: whoever asked has given a reason
 */
export async function recommend(
  core: Records & FleetView,
  actor: Member,
  id: string,
  body: z.infer<typeof recommendationSchema>,
): Promise<Approval> {
  if (!isUuid(id)) throw new Fault('approval_not_found')
  await write(core, async ({ tx, now, append }) => {
    const approval = await lockApproval(tx, actor.projectId, id)
    if (approval === undefined) throw new Fault('approval_not_found')
    requireWorkspace(actor, approval.workspace_id)
    const current = asOf(approval, now.getTime())
    if (current.state !== 'pending') throw decidedFault(current)
    mustBeThisOne(approval, body)
    if (actor.id === approval.requested_by)
      throw new Fault('self_approval', { message: 'Whoever asked for a call does not recommend it: others do.' })
    const { recommendation, note } = body
    const { key, door } = cameBy(actor)
    const said = {
      recommendation,
      note,
      digest: approval.digest,
      recommender_key: key,
      recommender_door: door,
      at: now,
    }
    await tx
      .insertInto('approval_recommendations')
      .values({ approval_id: id, project_id: approval.project_id, recommender: actor.id, ...said })
      .onConflict((known) => known.columns(['approval_id', 'recommender']).doUpdateSet(said))
      .execute()
    append({
      project_id: approval.project_id,
      kind: 'approval.recommended',
      actor,
      execution_id: approval.execution_id,
      approval_id: id,
      workspace_id: approval.workspace_id,
      data: { recommendation, note, digest: approval.digest },
    })
  })
  return showApproval(core, actor, id)
}
