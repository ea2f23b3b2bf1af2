import { type Approval, approvalSchema } from '@xerotier/protocol/api/approvals.ts'
import type { RecommendationRow } from '../../store/recommendations.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { VoteRow } from '../../store/votes.ts'
import { publicForm } from '../public-form.ts'
import { askedOf, stageOf } from './asked.ts'
import type { Needed } from './needed.ts'

/** What the record refers to by id, in the operators' words. */
export interface ApprovalNames {
  workspace: string
  requestedBy: string | null
  decidedBy: string | null
  reviewedBy: string | null
  /** Who could run it now. */
  agents: Approval['agents']
  /** Oldest first. */
  votes: VoteRow[]
  recommendations: RecommendationRow[]
  /** Who still has to approve. */
  needed: Needed
}

/** The public form of an approval, the same at every door. */
export const presentApproval = publicForm<Approval, ApprovalRow, ApprovalNames>(approvalSchema, {
  object: () => 'approval',
  workspace: (_, names) => names.workspace,
  requested_by_name: (_, names) => names.requestedBy,
  decided_by_name: (_, names) => names.decidedBy,
  reviewed_by_name: (_, names) => names.reviewedBy,
  agents: (_, names) => names.agents,
  // Of before there were policies: nothing raised it.
  tool_risk: (row) => row.tool_risk ?? row.risk,
  confirm: (row) => (row.risk === 'irreversible' ? row.tool : null),
  asked: presentAsked,
  votes: (_, names) => names.votes.map(presentVote),
  recommendations: (_, names) => names.recommendations.map(presentRecommendation),
  needs: (row, { needed }) => (row.state === 'pending' ? needed.texts : []),
  needed: (row, { needed }) => (row.state === 'pending' ? needed.approvals : 0),
})

function presentAsked(row: ApprovalRow): Approval['asked'] {
  const asked = askedOf(row)
  const stage = stageOf(asked, row.stage)
  return {
    policy: asked.policy.name,
    policy_id: asked.policy.id,
    version: asked.policy.version,
    rules: asked.rules.map(({ name, error }) => ({ name, error: error ?? null })),
    closed: asked.closed,
    stage: row.stage,
    stage_name: stage.name,
    stages: asked.stages.length,
    stage_ends_at: (row.stage_ends_at ?? row.expires_at).toISOString(),
    places: stage.places.length,
    require_reason: asked.requireReason,
    require_passkey: asked.requirePasskey === true,
    on_timeout: asked.onTimeout,
    break_glass: asked.reviewSeconds !== null,
  }
}

function presentVote(vote: VoteRow): Approval['votes'][number] {
  return {
    vote: vote.vote,
    by: vote.voter,
    by_name: vote.voter_name,
    key: vote.voter_key,
    door: vote.voter_door,
    stage: vote.stage,
    digest: vote.digest,
    note: vote.note,
    passkey: vote.passkey_id === null ? null : { id: vote.passkey_id, name: vote.passkey_name ?? '' },
    at: vote.at.toISOString(),
  }
}

function presentRecommendation(row: RecommendationRow): Approval['recommendations'][number] {
  const { recommendation, recommender, recommender_name, recommender_key, recommender_door, digest, note, at } = row
  return {
    recommendation,
    by: recommender,
    by_name: recommender_name,
    key: recommender_key,
    door: recommender_door,
    digest,
    note,
    at: at.toISOString(),
  }
}

/**
 * The row as it stands now: what nobody decided in time has ended before the sweep says so (L3).
 */
export function asOf<Row extends Pick<ApprovalRow, 'state' | 'expires_at' | 'asked'>>(row: Row, now: number): Row {
  if (row.state !== 'pending' || row.expires_at.getTime() > now) return row
  return { ...row, state: row.asked?.onTimeout === 'reject' ? 'rejected' : 'expired' }
}
