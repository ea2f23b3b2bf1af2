import { group } from '../../command.ts'
import { approvalsApprove } from './approve.ts'
import { approvalsBreakGlass } from './break-glass.ts'
import { links } from './links/links.ts'
import { approvalsList } from './list.ts'
import { policy } from './policy/policy.ts'
import { approvalsRecommend } from './recommend.ts'
import { approvalsReject } from './reject.ts'
import { approvalsReview } from './review.ts'
import { approvalsShow } from './show.ts'
import { approvalsStanding } from './standing.ts'
import { approvalsWatch } from './watch.ts'
import { approvalsWithdraw } from './withdraw.ts'

export const approvals = group({
  name: 'approvals',
  summary: 'Calls that wait for a person',
  members: [
    approvalsList,
    approvalsShow,
    approvalsStanding,
    approvalsWatch,
    approvalsApprove,
    approvalsReject,
    approvalsWithdraw,
    approvalsRecommend,
    approvalsBreakGlass,
    approvalsReview,
    policy,
    links,
  ],
  bare: { list: approvalsList, show: approvalsShow },
})
