import type { Policy, PolicyVersion } from '@xerotier/protocol/api/policies.ts'
import { policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import type { PolicyRow, PolicyVersionRow } from '../../store/policies.ts'

export function presentPolicy(row: PolicyRow): Policy {
  return {
    id: row.id,
    object: 'approval_policy',
    name: row.name,
    workspace_id: row.workspace_id,
    workspace: row.workspace_name,
    version: row.version,
    draft_version: row.draft_version,
    newest_version: row.newest_version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export function presentVersion(policy: PolicyRow, row: PolicyVersionRow): PolicyVersion {
  return {
    object: 'approval_policy_version',
    policy: policy.name,
    workspace: policy.workspace_name,
    version: row.version,
    state: stateOf(policy, row.number),
    policy_version: row.number,
    document: policyDocumentSchema.parse(row.document),
    digest: row.digest,
    note: row.note,
    created_by: row.created_by,
    created_by_name: row.created_by_name,
    created_at: row.created_at.toISOString(),
  }
}

/** Of a policy that was deleted nothing decides, and no draft will. */
function stateOf({ deleted_at, active, draft }: PolicyRow, number: number): PolicyVersion['state'] {
  if (deleted_at !== null) return 'past'
  return number === active ? 'active' : number === draft ? 'draft' : 'past'
}
