// What the commands about policies send, and what they are answered.
import { fileURLToPath } from 'node:url'
import {
  policyBacktestResultSchema,
  policyChangeSchema,
  policyDecisionSchema,
  policyDiffSchema,
  policySchema,
  policyVersionSchema,
} from '@xerotier/protocol/api/policies.ts'
import { policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { at, digest, page } from './records.fixture.ts'

const file = fileURLToPath(new URL('./fixtures/policy.yaml', import.meta.url))
const document = {
  stages: [{ approvers: { groups: ['sre'] } }],
  rules: [{ name: 'a', when: 'true', then: { quorum: 2 } }],
}

export const policySends: [words: string, request: string, body?: unknown][] = [
  ['approvals policy', 'GET /approvals/policies?limit=100'],
  ['approvals policy list', 'GET /approvals/policies?limit=100'],
  ['approvals policy prod', 'GET /approvals/policies/prod'],
  ['approvals policy show prod --version 3', 'GET /approvals/policies/prod?version=3'],
  ['approvals policy versions prod', 'GET /approvals/policies/prod/versions?limit=20'],
  ['approvals policy diff prod --from 1 --to 2', 'GET /approvals/policies/prod/diff?from=1&to=2'],
  ['approvals policy diff pol_1 --from 1', 'GET /approvals/policies/pol_1/diff?from=1'],
  [
    `approvals policy apply -f ${file} --note why`,
    'PUT /approvals/policies/prod',
    { workspace: 'kubernetes-prod', note: 'why', draft: false, dry_run: false, document },
  ],
  [
    `approvals policy apply -f ${file} --draft --name other --dry-run`,
    'PUT /approvals/policies/other',
    { workspace: 'kubernetes-prod', draft: true, dry_run: true, document },
  ],
  ['approvals policy activate prod', 'POST /approvals/policies/prod/activate', { dry_run: false }],
  ['approvals policy delete prod --yes', 'DELETE /approvals/policies/prod?dry_run=false'],
  [
    'approvals policy test -w w --tool t --arg a=1 --risk write',
    'POST /approvals/policies/test',
    { workspace: 'w', tool: 't', risk: 'write', args: { a: '1' } },
  ],
  ['approvals policy shadow prod', 'GET /approvals/policies/prod/shadow'],
  ['approvals policy schema', 'GET /approvals/policies/schema'],
]

const version = policyVersionSchema.parse({
  object: 'approval_policy_version',
  policy: 'prod',
  workspace: 'kubernetes-prod',
  version: 3,
  state: 'active',
  policy_version: 7,
  document: policyDocumentSchema.parse(document),
  digest,
  note: null,
  created_by: 'key_1',
  created_by_name: 'ci',
  created_at: at,
})
const policy = policySchema.parse({
  id: 'pol_1',
  object: 'approval_policy',
  name: 'prod',
  workspace_id: 'ws_1',
  workspace: 'kubernetes-prod',
  version: 3,
  draft_version: null,
  newest_version: 3,
  created_at: at,
  updated_at: at,
})
const change = policyChangeSchema.parse({
  object: 'approval_policy_change',
  policy,
  changed: true,
  differences: [{ path: 'quorum', before: 1, after: 2 }],
  pending: [],
})
const decision = policyDecisionSchema.parse({
  object: 'approval_policy_decision',
  policy: 'prod',
  version: 3,
  decision: 'ask',
  tool_risk: 'write',
  risk: 'destructive',
  reasons: [],
  rules: [{ name: 'a', when: 'true', matched: true, why: 'asks 2 of group sre' }],
  windows: [],
  stages: [{ name: 'on call', needs: ['group sre'], seconds: 900, tell: ['group sre'] }],
  on_timeout: 'expire',
  require_reason: false,
  require_passkey: false,
  self_approval: 'service_keys',
})
const backtest = policyBacktestResultSchema.parse({
  object: 'approval_policy_backtest',
  policy: 'prod',
  since: at,
  until: at,
  calls: 1,
  truncated: false,
  before: { allow: 1, ask: 0, refuse: 0 },
  after: { allow: 0, ask: 1, refuse: 0 },
  changes: [],
  rules: [],
  load: [],
})
const diff = policyDiffSchema.parse({ object: 'approval_policy_diff', policy: 'prod', from: 1, to: 2, differences: [] })

export function policyRecordOf(method: string, path: string): unknown {
  const [, , , name, verb] = path.split('?')[0]?.split('/') ?? []
  if (name === undefined) return page(policy)
  if (name === 'test') return decision
  if (name === 'schema') return { type: 'object' }
  if (name === 'backtest' || verb === 'shadow') return backtest
  if (verb === 'versions') return page(version)
  if (verb === 'diff') return diff
  return method === 'GET' ? version : change
}
