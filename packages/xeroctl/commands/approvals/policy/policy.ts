import { group } from '../../../command.ts'
import { policyActivate } from './activate.ts'
import { policyApply } from './apply.ts'
import { policyBacktest } from './backtest.ts'
import { policyDelete } from './delete.ts'
import { policyDiff } from './diff.ts'
import { policyList } from './list.ts'
import { policySchema } from './schema.ts'
import { policyShadow } from './shadow.ts'
import { policyShow } from './show.ts'
import { policyTest } from './test.ts'
import { policyVersions } from './versions.ts'

export const policy = group({
  name: 'policy',
  summary: 'Approval policies: who is asked for which calls, and for how long',
  members: [
    policyList,
    policyShow,
    policyVersions,
    policyDiff,
    policyApply,
    policyActivate,
    policyDelete,
    policyTest,
    policyBacktest,
    policyShadow,
    policySchema,
  ],
  bare: { list: policyList, show: policyShow, freeNames: true },
})
