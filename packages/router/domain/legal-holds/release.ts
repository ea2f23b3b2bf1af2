import type { LegalHold } from '@xerotier/protocol/api/legal-holds.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import { requireMayHold } from './may-hold.ts'
import { findLegalHold, presentLegalHold } from './read.ts'

/**
 * What was held goes when its time is over, which may be at once.
 * @throws Fault legal_hold_not_found, workspace_not_allowed
 */
export async function releaseLegalHold(core: Records, actor: Member, id: string): Promise<LegalHold> {
  const { projectId: project_id } = actor
  return write(core, async ({ tx, now, append }) => {
    const known = await findLegalHold(tx, project_id, id)
    if (known.released_at !== null) return presentLegalHold(known)
    const { execution_id } = known
    await requireMayHold({ store: { ...core.store, db: tx } }, actor, execution_id)
    const { numUpdatedRows } = await tx
      .updateTable('legal_holds')
      .set({ released_by: actor.id, released_at: now })
      .where('id', '=', id)
      .where('released_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 1n)
      append({
        ...{ project_id, kind: 'legal_hold.released', actor, data: { legal_hold_id: id } },
        ...(execution_id === null ? {} : { execution_id }),
      })
    return presentLegalHold(await findLegalHold(tx, project_id, id))
  })
}
