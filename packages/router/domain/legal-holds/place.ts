import type { LegalHold, LegalHoldCreate } from '@xerotier/protocol/api/legal-holds.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { countHeld, selectLegalHoldOf } from '../../store/legal-holds.ts'
import { lockProject } from '../../store/projects.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { requireMayHold } from './may-hold.ts'
import { findLegalHold, presentLegalHold } from './read.ts'

/**
 * Keeps a call, or all of the project. What is held already stays as it was held.
 * @returns created: false when exactly this was held
 * @throws Fault invalid_body, execution_not_found, workspace_not_allowed, limit_reached
 */
export async function placeLegalHold(
  core: Records,
  actor: Member,
  { execution, project, reason, incident }: LegalHoldCreate,
): Promise<{ hold: LegalHold; created: boolean }> {
  if ((execution === undefined) === (project === undefined))
    throw new Fault('invalid_body', {
      message: 'execution: name a call, or the project, and not both',
      param: 'execution',
    })
  const { projectId: project_id } = actor
  const execution_id = execution ?? null
  return write(core, async ({ tx, now, append }) => {
    // Nothing of the project is removed until this is there.
    await lockProject(tx, project_id)
    await requireMayHold({ store: { ...core.store, db: tx } }, actor, execution_id)
    const known = await selectLegalHoldOf(tx, project_id, execution_id)
    if (known !== undefined) return { hold: presentLegalHold(known), created: false }
    const most = limits.legalHoldsPerProject
    if ((await countHeld(tx, project_id, most)) >= most)
      throw new Fault('limit_reached', { message: `The project has ${most} legal holds: hold all of it instead.` })
    const id = newId('lgh', now.getTime())
    const about = { reason, incident: incident ?? null }
    const row = { id, project_id, execution_id, ...about, placed_by: actor.id, placed_at: now }
    await tx.insertInto('legal_holds').values(row).execute()
    append({
      ...{ project_id, kind: 'legal_hold.placed', actor, data: { legal_hold_id: id, ...about } },
      ...(execution === undefined ? {} : { execution_id: execution }),
    })
    return { hold: presentLegalHold(await findLegalHold(tx, project_id, id)), created: true }
  })
}
