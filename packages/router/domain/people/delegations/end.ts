import type { Delegation } from '@xerotier/protocol/api/delegations.ts'
import type { UpdateQueryBuilder, UpdateResult } from 'kysely'
import type { Tables } from '../../../store/tables.ts'
import type { Member } from '../../actor.ts'
import type { Writing } from '../../events/write.ts'
import type { Records } from '../../records.ts'
import { changePeople } from '../change.ts'
import { readPeople } from '../read.ts'
import { findDelegation, presentDelegation } from './read.ts'

/**
 * Ends it before its time. One that is over already stays as it is.
 * @throws Fault delegation_not_found
 */
export function endDelegation(core: Records, actor: Member, id: string): Promise<Delegation> {
  return changePeople(core, actor, async (writing) => {
    const { tx, now } = writing
    await findDelegation(tx, actor.projectId, id)
    await endDelegations(writing, actor, (all) => all.where('id', '=', id))
    const row = await findDelegation(tx, actor.projectId, id)
    return presentDelegation(row, { people: await readPeople(tx, actor.projectId, now), now: now.getTime() })
  })
}

type Ending = UpdateQueryBuilder<Tables, 'delegations', 'delegations', UpdateResult>

/** Ends some of the actor's project that are not over, each with its event. */
export async function endDelegations(
  { tx, now, append }: Writing,
  actor: Member,
  which: (all: Ending) => Ending,
): Promise<void> {
  const ended = await which(tx.updateTable('delegations').set({ ended_by: actor.id, ended_at: now }))
    .where('project_id', '=', actor.projectId)
    .where('ended_at', 'is', null)
    .where('ends_at', '>', now)
    .returning(['id', 'kind', 'from_user', 'to_user'])
    .execute()
  for (const { id, kind, from_user, to_user } of ended) {
    const data = { delegation_id: id, kind, from: from_user, to: to_user }
    append({ project_id: actor.projectId, kind: 'delegation.ended', actor, data })
  }
}
