import { group } from '../../command.ts'
import { delegations } from './delegations/delegations.ts'
import { groups } from './groups/groups.ts'
import { projectHold } from './hold.ts'
import { invitations } from './invitations/invitations.ts'
import { members } from './members/members.ts'
import { projectPause } from './pause.ts'
import { projectRelease } from './release.ts'
import { projectResume } from './resume.ts'
import { sessions } from './sessions/sessions.ts'
import { projectShow } from './show.ts'
import { projectUpdate } from './update.ts'

export const project = group({
  name: 'project',
  summary: 'The project that the key is of: its settings and its people',
  members: [
    projectShow,
    projectUpdate,
    projectPause,
    projectResume,
    projectHold,
    projectRelease,
    members,
    groups,
    delegations,
    invitations,
    sessions,
  ],
  bare: { list: projectShow },
})
