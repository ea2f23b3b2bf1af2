import type { ProjectMember } from '@xerotier/protocol/api/members.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'
import { quietText } from './quiet-hours.ts'

export const memberView: View<ProjectMember> = {
  name: (member) => member.email,
  columns: [
    { header: 'NAME', value: (member) => member.name, shrink: true },
    { header: 'EMAIL', value: (member) => member.email },
    { header: 'ROLE', value: (member) => member.role },
    { header: 'ACTIVE', value: (member) => member.active },
    { header: 'GROUPS', value: (member) => member.groups.join(','), shrink: true, dropOrder: 2 },
    { header: 'ADDED', value: (member) => ({ time: member.added_at }), dropOrder: 3 },
    { header: 'ID', value: (member) => member.id, dropOrder: 1 },
    { header: 'SYSTEM ROLE', value: (member) => member.system_role, wide: true },
    { header: 'ADDED BY', value: (member) => member.added_by_name ?? member.added_by, wide: true },
  ],
}

export const memberRecord: RecordView<ProjectMember> = {
  name: memberView.name,
  detail: (member) => ({
    fields: [
      ['Id', member.id],
      ['Name', member.name],
      ['E-mail', member.email],
      ['Role', member.role],
      ['Active', member.active],
      ['System role', member.system_role],
      ['Groups', member.groups.join(', ') || 'none'],
      ['Quiet hours', quietText(member.quiet_hours)],
      ['Added', { time: member.added_at }],
      ['Added by', actorInFull(member.added_by, member.added_by_name)],
    ],
  }),
}
