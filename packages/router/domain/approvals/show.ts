import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectNamedApproval } from '../../store/approvals.ts'
import type { Member } from '../actor.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'
import { presentNamed } from './list.ts'

/** @throws Fault approval_not_found */
export async function showApproval(core: Records & FleetView, actor: Member, id: string): Promise<Approval> {
  const row = isUuid(id) ? await selectNamedApproval(core.store.db, actor.projectId, id) : undefined
  if (row === undefined) throw new Fault('approval_not_found')
  const [approval] = await presentNamed(core, core.store.db, [row])
  if (approval === undefined) throw new Fault('approval_not_found')
  return approval
}
