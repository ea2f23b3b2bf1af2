import type { Core } from '../../../core.ts'
import { joinProject } from '../../../domain/api-keys/join.ts'
import { whoami } from '../../../domain/api-keys/whoami.ts'
import { invite } from '../../../domain/notifications/invite.ts'
import { createDelegation } from '../../../domain/people/delegations/create.ts'
import { endDelegation } from '../../../domain/people/delegations/end.ts'
import { listDelegations, showDelegation } from '../../../domain/people/delegations/read.ts'
import { addToGroup, createGroup, deleteGroup, removeFromGroup } from '../../../domain/people/groups/change.ts'
import { listGroups, showGroup } from '../../../domain/people/groups/read.ts'
import { listInvitations, showInvitation } from '../../../domain/people/invitations/read.ts'
import { revokeInvitation } from '../../../domain/people/invitations/revoke.ts'
import { addMember } from '../../../domain/people/members/add.ts'
import { setQuietHours } from '../../../domain/people/members/quiet-hours.ts'
import { listMembers, showMember } from '../../../domain/people/members/read.ts'
import { removeMember } from '../../../domain/people/members/remove.ts'
import { updateMember } from '../../../domain/people/members/update.ts'
import { createLoginLink } from '../../../domain/sessions/login-link.ts'
import { endMemberSession, endSessionsOf, listMemberSessions } from '../../../domain/sessions/of-members.ts'
import type { Handlers } from '../handlers.ts'

export function peopleHandlers(core: Core) {
  return {
    'whoami.show': ({ actor }) => whoami(core, actor),
    'loginLinks.create': ({ actor }) => createLoginLink(core, actor),
    'whoami.update': async ({ actor, body }) => {
      await setQuietHours(core, actor, body.quiet_hours)
      return whoami(core, actor)
    },
    'members.list': ({ actor, query }) => listMembers(core, actor, query),
    'members.add': ({ actor, body }) => addMember(core, actor, body),
    'members.show': ({ actor, params }) => showMember(core, actor, params.id),
    'members.update': ({ actor, params, body }) => updateMember(core, actor, params.id, body),
    'members.remove': ({ actor, params }) => removeMember(core, actor, params.id),
    'members.endSessions': ({ actor, params }) => endSessionsOf(core, actor, params.id),
    'sessions.list': ({ actor, query }) => listMemberSessions(core, actor, query),
    'sessions.end': ({ actor, params }) => endMemberSession(core, actor, params.id),
    'groups.list': ({ actor, query }) => listGroups(core, actor, query),
    'groups.create': ({ actor, body }) => createGroup(core, actor, body),
    'groups.show': ({ actor, params }) => showGroup(core, actor, params.id),
    'groups.delete': ({ actor, params }) => deleteGroup(core, actor, params.id),
    'groups.addMember': ({ actor, params, body }) => addToGroup(core, actor, params.id, body.member),
    'groups.removeMember': ({ actor, params }) => removeFromGroup(core, actor, params.id, params.member),
    'delegations.list': ({ actor, query }) => listDelegations(core, actor, query),
    'delegations.create': ({ actor, body }) => createDelegation(core, actor, body),
    'delegations.show': ({ actor, params }) => showDelegation(core, actor, params.id),
    'delegations.end': ({ actor, params }) => endDelegation(core, actor, params.id),
    'invitations.list': ({ actor, query }) => listInvitations(core, actor, query),
    'invitations.create': ({ actor, body }) => invite(core, actor, body),
    'invitations.show': ({ actor, params }) => showInvitation(core, actor, params.id),
    'invitations.revoke': ({ actor, params }) => revokeInvitation(core, actor, params.id),
    'invitations.accept': ({ body }) => joinProject(core, body),
  } satisfies Partial<Handlers>
}
