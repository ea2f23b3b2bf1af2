import { descendsFrom } from '../../store/api-keys.ts'
import type { Tx } from '../../store/database.ts'
import { selectProject } from '../../store/projects.ts'
import type { Principal } from '../principal.ts'

/**
 * Requesters cannot approve their own calls, nor with a key that they made for it, nor with a key made by that key.
 * A one-person project may switch this off.
 */
export async function mayDecide(tx: Tx, principal: Principal, requestedBy: string): Promise<boolean> {
  const project = await selectProject(tx, principal.projectId)
  return project?.allow_self_approval === true || !(await descendsFrom(tx, principal.keyId, requestedBy))
}
