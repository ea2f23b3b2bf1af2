import type { Group } from '@xerotier/protocol/api/groups.ts'
import { rows } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'

type GroupMember = Group['members'][number]

export const groupView: View<Group> = {
  name: (group) => group.name,
  columns: [
    { header: 'NAME', value: (group) => group.name },
    { header: 'MEMBERS', value: (group) => group.members.map(({ name }) => name).join(', '), shrink: true },
    { header: 'CREATED', value: (group) => ({ time: group.created_at }), dropOrder: 2 },
    { header: 'ID', value: (group) => group.id, dropOrder: 1 },
  ],
}

export const groupRecord: RecordView<Group> = {
  name: groupView.name,
  detail: (group) => ({
    fields: [
      ['Id', group.id],
      ['Name', group.name],
      ['Created', { time: group.created_at }],
      ['Created by', actorInFull(group.created_by, group.created_by_name)],
    ],
    sections: [{ title: 'Members', body: rows(memberColumns, group.members) }],
  }),
}

const memberColumns = [
  { header: 'NAME', value: (member: GroupMember) => member.name, shrink: true },
  { header: 'EMAIL', value: (member: GroupMember) => member.email },
  { header: 'ACTIVE', value: (member: GroupMember) => member.active },
  { header: 'ID', value: (member: GroupMember) => member.id, dropOrder: 1 },
]
