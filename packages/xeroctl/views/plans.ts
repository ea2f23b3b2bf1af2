import type { Plan } from '@xerotier/protocol/api/plans.ts'
import { type Detail, rows } from '../output/detail.ts'
import { duration, milliseconds } from '../output/time.ts'
import type { RecordView } from '../output/view.ts'

type Candidate = Plan['agents'][number]

export const planRecord: RecordView<Plan> = {
  name: (plan) => plan.tool,
  detail: (plan) => ({
    fields: [
      ['Dry run', 'nothing was run, and nobody was asked'],
      ['Tool', plan.tool],
      ['Risk', { word: plan.risk }],
      ['Workspace', `${plan.workspace} (${plan.workspace_id})`],
      ['Timeout', milliseconds(plan.timeout_ms)],
      ['After a crash', plan.at_most_once ? 'never started again: a person resolves it' : 'started again'],
      ...approvalOf(plan),
      ['Schema digest', plan.schema_digest],
    ],
    sections: [
      { title: 'Arguments', body: JSON.stringify(plan.args, null, 2) },
      { title: 'Agents', body: rows(agentColumns, plan.agents) },
    ],
  }),
}

function approvalOf({ approval }: Plan): Detail['fields'] {
  if (approval === null) return [['Approval', 'not needed']]
  const { timeout_seconds, scope, requester_may_decide } = approval
  const others = requester_may_decide ? 'any key' : 'any key but yours and those that it made'
  return [
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
