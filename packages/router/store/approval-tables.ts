// The columns of the tables of approvals, beside tables.ts.
import type { Door } from '@xerotier/protocol/api/actor.ts'
import type { Recommendation, Vote } from '@xerotier/protocol/api/approvals.ts'
import type { AskedRecord } from '@xerotier/protocol/asked.ts'
import type { ApprovalState } from '@xerotier/protocol/lifecycles/approval.ts'
import type { PolicyDocument } from '@xerotier/protocol/policy.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { initially, int, jsonb, made, nullable, text, timestamptz, uuid } from './column.ts'

/** What an approval is when it is asked for. */
export const requested = {
  id: uuid(),
  project_id: text(),
  execution_id: uuid(),
  workspace_id: text(),
  tool: text(),
  risk: text<Risk>(),
  state: text<ApprovalState>(),
  args: jsonb<Record<string, unknown>>(),
  prompt: text(),
  /** The key that sealed the two above; null where they are in the clear. */
  sealed_with: nullable(int()),
  reason: nullable(text()),
  digest: text(),
  schema_digest: text(),
  policy_version: int(),
  credentials_ref: nullable(text()),
  requested_by: text(),
  requested_key: nullable(text()),
  requested_door: nullable(text<Door>()),
  requested_at: timestamptz(),
  /** When its last stage ends. */
  expires_at: timestamptz(),
  /** null for what is older than policies. */
  asked: nullable(jsonb<AskedRecord>()),
  /** Of the tool itself, where a rule has raised `risk`. */
  tool_risk: nullable(text<Risk>()),
  stage: initially(0, int()),
  stage_ends_at: nullable(timestamptz()),
}

/** What becomes of it. */
export const decided = {
  /** Of the agent that got the call, by a trigger. */
  agent_id: nullable(text()),
  decided_by: nullable(text()),
  decided_key: nullable(text()),
  decided_door: nullable(text<Door>()),
  decided_at: nullable(timestamptz()),
  note: nullable(text()),
  /** When an approved call that waits for its window runs. */
  runs_at: nullable(timestamptz()),
  /** Of a call that an owner ran alone. */
  review_due_at: nullable(timestamptz()),
  reviewed_by: nullable(text()),
  reviewed_at: nullable(timestamptz()),
  review_note: nullable(text()),
}

export const approvals = { ...requested, ...decided }

export const approval_votes = {
  id: uuid(),
  approval_id: uuid(),
  project_id: text(),
  stage: int(),
  vote: text<Vote>(),
  voter: text(),
  voter_key: nullable(text()),
  voter_door: nullable(text<Door>()),
  /** What they signed up to. */
  digest: text(),
  note: nullable(text()),
  at: timestamptz(),
  /** With which its voter confirmed it. */
  passkey_id: nullable(text()),
  passkey_name: nullable(text()),
  passkey_proof: nullable(jsonb<Record<string, unknown>>()),
}

export const approval_recommendations = {
  approval_id: uuid(),
  project_id: text(),
  recommender: text(),
  recommender_key: nullable(text()),
  recommender_door: nullable(text<Door>()),
  recommendation: text<Recommendation>(),
  /** What they looked at. */
  digest: text(),
  note: text(),
  at: timestamptz(),
}

export const approval_policies = {
  id: text(),
  project_id: text(),
  /** null: for the workspaces that have none of their own. */
  workspace_id: nullable(text()),
  name: text(),
  /** Numbers of versions. */
  active: nullable(int()),
  draft: nullable(int()),
  created_by: text(),
  created_at: timestamptz(),
  updated_at: timestamptz(),
  deleted_at: nullable(timestamptz()),
}

export const approval_policy_versions = {
  /** The `policy_version` of calls. */
  number: made(int()),
  policy_id: text(),
  project_id: text(),
  version: int(),
  document: jsonb<PolicyDocument>(),
  digest: text(),
  note: nullable(text()),
  created_by: text(),
  created_at: timestamptz(),
}
