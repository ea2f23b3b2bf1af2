import type { Plan } from '@xerotier/protocol/api/plans.ts'
import { duration, milliseconds } from '@xerotier/protocol/duration.ts'
import { type Detail, rows } from '../output/detail.ts'
import type { RecordView } from '../output/view.ts'
import { argumentsSection } from './arguments.ts'
import { riskInFull } from './risk.ts'

type Candidate = Plan['agents'][number]

export const planRecord: RecordView<Plan> = {
  name: (plan) => plan.tool,
  detail: (plan) => ({
    fields: [
      ['Dry run', 'nothing was run, and nobody was asked'],
      ['Tool', plan.tool],
      ['Risk', riskInFull(plan.approval?.risk ?? plan.risk, plan.risk)],
      ['Workspace', `${plan.workspace} (${plan.workspace_id})`],
      ['Timeout', milliseconds(plan.timeout_ms)],
      ['After a crash', plan.at_most_once ? 'never started again: a person resolves it' : 'started again'],
      ...approvalOf(plan),
      ['Schema digest', plan.schema_digest],
    ],
    sections: [argumentsSection(plan.args), { title: 'Agents', body: rows(agentColumns, plan.agents) }],
  }),
}

function approvalOf({ approval, decision, policy, rules: names, refusals }: Plan): Detail['fields'] {
  const by: Detail['fields'] = [['Policy', names.length === 0 ? policy : `${policy}: ${names.join(', ')}`]]
  if (decision === 'refuse') return [...by, ...refusals.map((reason) => ['Refused', reason] as const)]
  if (approval === null) return [...by, ['Approval', 'not needed']]
  const { timeout_seconds, scope, requester_may_decide, needs } = approval
  const named = needs.filter((need) => need !== 'anyone who may decide approvals')
  if (named.length > 0 || needs.length > 1)
    return [
      ...by,
      ['Approval', `needed within ${duration(timeout_seconds)}`],
      ...needs.map((need) => ['Needed', need] as const),
      ['You may decide', requester_may_decide],
    ]
  const others = requester_may_decide ? 'any key' : 'any key but yours and those that it made'
  return [
    ...by,
    ['Approval', `needed within ${duration(timeout_seconds)}`],
    ['Decided by', `${others}, with the scope ${scope}`],
  ]
}

const agentColumns = [
  { header: 'NAME', value: ({ agent }: Candidate) => agent },
  { header: 'TAKES IT', value: ({ hindrance }: Candidate) => hindrance === null },
  { header: 'WHY NOT', value: ({ hindrance }: Candidate) => hindrance },
  {
    header: 'RUNNING',
    value: ({ in_flight, max_concurrent }: Candidate) => `${in_flight}/${max_concurrent}`,
    right: true,
  },
]
