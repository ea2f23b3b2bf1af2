import { group } from '../../../command.ts'
import { membersAdd } from './add.ts'
import { membersEndSessions } from './end-sessions.ts'
import { membersList } from './list.ts'
import { membersRemove } from './remove.ts'
import { membersShow } from './show.ts'
import { membersUpdate } from './update.ts'

export const members = group({
  name: 'members',
  summary: 'The people of the project and their roles; for owners',
  members: [membersList, membersShow, membersAdd, membersUpdate, membersEndSessions, membersRemove],
  bare: { list: membersList, show: membersShow },
})
