import { group } from '../../command.ts'
import { legalHoldsList } from './list.ts'
import { legalHoldsShow } from './show.ts'

export const legalHolds = group({
  name: 'legal-holds',
  summary: 'What stays however old it is: `exec hold` and `project hold` place them',
  members: [legalHoldsList, legalHoldsShow],
  bare: { list: legalHoldsList, show: legalHoldsShow },
})
