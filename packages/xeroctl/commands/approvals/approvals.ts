import { group } from '../../command.ts'
import { approvalsApprove } from './approve.ts'
import { links } from './links/links.ts'
import { approvalsList } from './list.ts'
import { approvalsReject } from './reject.ts'
import { approvalsShow } from './show.ts'
import { approvalsWatch } from './watch.ts'

export const approvals = group({
  name: 'approvals',
  summary: 'Calls that wait for a person',
  members: [approvalsList, approvalsShow, approvalsWatch, approvalsApprove, approvalsReject, links],
  bare: { list: approvalsList, show: approvalsShow },
})
