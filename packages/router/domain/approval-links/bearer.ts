import { Fault } from '@xerotier/protocol/errors.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import { type Person, type PersonActor, personActor } from '../actor.ts'
import { mustBeAbleToApprove } from '../approvals/vote.ts'
import type { Writing } from '../events/write.ts'

/** Whoever decides with a link: its person, and nothing of them but that. */
export function bearer(projectId: string, person: Person): PersonActor {
  return personActor(person, { projectId, door: 'link', scopes: ['execution'], workspaces: null, key: null })
}

/** What keeps a person from approving with a link: one that is of no use is not made. */
export async function hindranceOf(
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  approval: ApprovalRow,
  person: Person,
): Promise<Fault | undefined> {
  try {
    await mustBeAbleToApprove(tx, approval, bearer(approval.project_id, person), now)
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}
