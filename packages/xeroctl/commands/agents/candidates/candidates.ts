import { group } from '../../../command.ts'
import { candidatesApprove } from './approve.ts'
import { candidatesList } from './list.ts'
import { candidatesReject } from './reject.ts'
import { candidatesShow } from './show.ts'

export const candidates = group({
  name: 'candidates',
  summary: 'Hosts that ask to enroll with a join key that wants your approval',
  members: [candidatesList, candidatesShow, candidatesApprove, candidatesReject],
  bare: { list: candidatesList, show: candidatesShow },
})
