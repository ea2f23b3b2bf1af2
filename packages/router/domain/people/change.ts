// Every change of people: by owners, one at a time.
import { Fault } from '@xerotier/protocol/errors.ts'
import { lockManagementKeys } from '../../store/api-keys.ts'
import type { Database, Tx } from '../../store/database.ts'
import { hasOwner, lockPeople, selectActiveRole } from '../../store/people.ts'
import type { Member } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import type { Records } from '../records.ts'

/** What remembers who somebody is, and must hear when they are something else. */
export interface RemembersPeople {
  keyring: { forgetPerson(userId: string): void }
}

/**
 * A change in a transaction of its own. Of two owners who remove each other at once, the second
 * finds what the first has left.
 * @throws Fault owner_required
 */
export function changePeople<T>(core: Records, actor: Member, work: (writing: Writing) => Promise<T>): Promise<T> {
  return write(core, async (writing) => {
    await lockPeople(writing.tx)
    await requireOwner(writing.tx, actor)
    return work(writing)
  })
}

/**
 * A service key stands in for the owner of a project that has none yet, as one from before there
 * were people.
 * @throws Fault owner_required
 */
export async function requireOwner(db: Database | Tx, actor: Member): Promise<void> {
  switch (actor.kind) {
    case 'person':
      if ((await selectActiveRole(db, actor.projectId, actor.id)) === 'owner') return
      throw new Fault('owner_required')
    case 'key':
      if (!(await hasOwner(db, actor.projectId))) return
      throw new Fault('owner_required', {
        message: 'Only owners of the project may do this, and a service key acts for nobody.',
      })
    case 'agent':
      throw new Fault('owner_required')
  }
}

/**
 * What an owner ceases to be leaves the project another owner, and a key that may manage it. Looked
 * at after the change, in its transaction.
 * @throws Fault last_owner, last_management_key
 */
export async function requireManaged(tx: Tx, projectId: string, now: Date): Promise<void> {
  if (!(await hasOwner(tx, projectId))) throw new Fault('last_owner')
  if ((await lockManagementKeys(tx, projectId, now)).length > 0) return
  throw new Fault('last_management_key', {
    message: 'No other key of the project could manage it: let another owner make one with the scope management first.',
  })
}
