import { group } from '../../../command.ts'
import { delegationsCreate } from './create.ts'
import { delegationsEnd } from './end.ts'
import { delegationsList } from './list.ts'
import { delegationsShow } from './show.ts'

export const delegations = group({
  name: 'delegations',
  summary: 'Who may decide by an owner, or in the place of somebody who is away; for owners',
  members: [delegationsList, delegationsShow, delegationsCreate, delegationsEnd],
  bare: { list: delegationsList, show: delegationsShow },
})
