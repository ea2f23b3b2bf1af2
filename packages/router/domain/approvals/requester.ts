import { descendsFrom } from '../../store/api-keys.ts'
import type { Database, Tx } from '../../store/database.ts'
import { selectProject } from '../../store/projects.ts'
import type { Member } from '../actor.ts'

/**
 * Requesters cannot approve their own calls, whether with the key that asked or with one that it
 * made, over any number of steps. A one-person project may switch this off.
 */
export async function mayDecide(db: Database | Tx, actor: Member, requestedBy: string): Promise<boolean> {
  switch (actor.kind) {
    case 'key': {
      const project = await selectProject(db, actor.projectId)
      return project?.allow_self_approval === true || !(await descendsFrom(db, actor.id, requestedBy))
    }
    case 'agent':
      return false
  }
}
