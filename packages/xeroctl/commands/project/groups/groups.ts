import { group } from '../../../command.ts'
import { groupsAdd } from './add.ts'
import { groupsCreate } from './create.ts'
import { groupsDelete } from './delete.ts'
import { groupsList } from './list.ts'
import { groupsRemove } from './remove.ts'
import { groupsShow } from './show.ts'

export const groups = group({
  name: 'groups',
  summary: 'Groups of people that policies ask by name; for owners',
  members: [groupsList, groupsShow, groupsCreate, groupsDelete, groupsAdd, groupsRemove],
  bare: { list: groupsList, show: groupsShow },
})
