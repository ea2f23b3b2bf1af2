import type { Acceptance, invitationAcceptSchema } from '@xerotier/protocol/api/invitations.ts'
import { scopesOfRole } from '@xerotier/protocol/roles.ts'
import type { z } from 'zod'
import { selectSlug } from '../../store/projects.ts'
import { write } from '../events/write.ts'
import { findMember } from '../people/find.ts'
import { acceptInvitation } from '../people/invitations/accept.ts'
import { presentMember } from '../people/members/read.ts'
import type { Records } from '../records.ts'
import { insertApiKey } from './insert.ts'
import { presentApiKey } from './present.ts'
import { newApiKeyValue } from './value.ts'

/**
 * Accepts an invitation, and makes the first key of the new member: their own, which nobody else
 * has held. Its value is in this answer and nowhere else.
 * @throws Fault invitation_invalid, invitation_expired, invitation_revoked, invitation_accepted
 * @throws Fault user_inactive, limit_reached
 */
export function joinProject(
  core: Records,
  { token, name }: z.output<typeof invitationAcceptSchema>,
): Promise<Acceptance> {
  return write(core, async (writing) => {
    const { tx, now } = writing
    const { projectId, role, person } = await acceptInvitation(writing, token, name)
    const slug = await selectSlug(tx, projectId)
    const secret = newApiKeyValue(slug)
    const key = await insertApiKey(writing, person, secret, {
      name: 'first key',
      user_id: person.id,
      scopes: [...scopesOfRole[role]],
    })
    return {
      object: 'acceptance',
      project_id: projectId,
      project: slug,
      member: presentMember(await findMember(tx, projectId, person.id)),
      api_key: { ...presentApiKey(key, now.getTime()), key: secret.value },
    }
  })
}
