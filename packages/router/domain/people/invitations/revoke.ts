import type { Invitation } from '@xerotier/protocol/api/invitations.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Member } from '../../actor.ts'
import { moveInvitation } from '../../lifecycles/invitation.ts'
import type { Records } from '../../records.ts'
import { changePeople } from '../change.ts'
import { findInvitation, presentInvitation, stateAt } from './read.ts'

/** @throws Fault invitation_not_found, illegal_transition when it is not pending any more */
export function revokeInvitation(core: Records, actor: Member, id: string): Promise<Invitation> {
  return changePeople(core, actor, async (writing) => {
    const { tx, now } = writing
    const found = await findInvitation(tx, actor.projectId, id)
    const state = stateAt(found, now.getTime())
    if (state !== 'pending' && state !== 'revoked') {
      throw new Fault('illegal_transition', { message: `The invitation is ${state}.` })
    }
    await moveInvitation(writing, id, { to: 'revoked', set: { revoked_at: now }, actor })
    return presentInvitation(await findInvitation(tx, actor.projectId, id), now.getTime())
  })
}
