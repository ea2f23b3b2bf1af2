// A call that policy wants a person to see: stored with its approval, in one transaction.

import type { AskedRecord, StoredFacts } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { reviewedJson } from '@xerotier/protocol/reviewed.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { decided } from '../../store/approval-tables.ts'
import { countPending } from '../../store/approvals.ts'
import { initialOf } from '../../store/column.ts'
import { type Contents, sealedFor, sealJson, sealText } from '../../store/contents.ts'
import type { ApprovalRow, ExecutionRow, NewApproval } from '../../store/tables.ts'
import type { Actor, Member } from '../actor.ts'
import { submissionOf } from '../attempts/submission.ts'
import { type Writing, write } from '../events/write.ts'
import { newUuid } from '../ids.ts'
import type { ActivePolicy, Policies } from '../policy/book.ts'
import type { Evaluation } from '../policy/evaluate.ts'
import type { Records } from '../records.ts'
import { beginStage, lazily } from './advance.ts'
import { endsOf } from './asked.ts'
import { approvalTurns } from './turns.ts'

const nothingDecided = initialOf(decided)

/** What is asked for, and by which policy. */
export interface Asking {
  policy: ActivePolicy
  evaluation: Evaluation
  facts: StoredFacts
}

/**
 * @returns `known` when the idempotency key is, and `moved` when another policy decides by now:
 * nothing is stored then
 * @throws Fault capacity_exceeded when too many approvals wait already
 */
export function requestApproval(
  core: Records & Policies,
  actor: Member,
  row: ExecutionRow,
  asking: Asking,
): Promise<'stored' | 'known' | 'moved'> {
  return approvalTurns.of(row.project_id)(async () => {
    if (core.policies.of(row.project_id, row.workspace_id).number !== asking.policy.number) return 'moved'
    return write(core, async (writing) => {
      const { tx, append } = writing
      const approvalId = newUuid(row.created_at.getTime())
      const inserted = await tx
        .insertInto('executions')
        .values({ ...submissionOf(core.store, row), state: 'pending_approval', approval_id: approvalId })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (inserted === undefined) return 'known'
      const waiting = await countPending(tx, row.project_id)
      if (waiting >= limits.pendingApprovalsPerProject) {
        throw new Fault('capacity_exceeded', {
          message: `The project has ${waiting} approvals waiting for a decision, which is the limit.`,
          retryAfter: 60,
        })
      }
      append({
        project_id: row.project_id,
        actor,
        execution_id: row.id,
        approval_id: approvalId,
        workspace_id: row.workspace_id,
        kind: 'execution.pending_approval',
      })
      noteRetry(writing, actor, row)
      await insertApproval(writing, approvalId, row, actor, asking)
      row.state = 'pending_approval'
      row.approval_id = approvalId
      return 'stored'
    })
  })
}

/** On the first call; of one that nobody is asked about, the commit lane writes the same. */
function noteRetry({ append }: Writing, actor: Actor, row: ExecutionRow): void {
  const { id, retry_of, project_id, workspace_id } = row
  if (retry_of === null) return
  append({ project_id, kind: 'execution.retried', actor, execution_id: retry_of, workspace_id, data: { retry: id } })
}

/** Asks those of the first stage that somebody is left in. */
export async function insertApproval(
  writing: Writing,
  id: string,
  row: ExecutionRow,
  actor: Actor,
  asking: Asking,
): Promise<void> {
  const { tx, now, append, contents } = writing
  const { evaluation } = asking
  const asked = askedRecord(asking)
  const ends = endsOf(asked, now)
  const values = {
    id,
    project_id: row.project_id,
    execution_id: row.id,
    workspace_id: row.workspace_id,
    tool: row.tool,
    risk: evaluation.risk,
    tool_risk: row.risk,
    state: 'pending' as const,
    prompt: promptOf(row, evaluation.risk),
    sealed_with: row.sealed_with === null ? null : contents.keyId,
    reason: row.reason,
    digest: row.digest,
    schema_digest: row.schema_digest,
    policy_version: row.policy_version,
    credentials_ref: row.credentials_ref,
    requested_by: row.requested_by,
    requested_key: row.requested_key,
    requested_door: row.requested_door,
    requested_at: now,
    expires_at: ends.at(-1) ?? now,
    stage: 0,
    stage_ends_at: ends[0] ?? now,
  }
  append({
    project_id: row.project_id,
    actor,
    execution_id: row.id,
    approval_id: id,
    workspace_id: row.workspace_id,
    kind: 'approval.requested',
    data: {
      tool: row.tool,
      risk: evaluation.risk,
      digest: row.digest,
      policy: asked.policy.name,
      rules: evaluation.rules.map(({ name }) => name),
      stage: 0,
      tell: asked.stages[0]?.tell ?? [],
    },
  })
  const fresh: ApprovalRow = { ...nothingDecided, ...values, args: row.args, asked }
  const begun = await beginStage(writing, fresh, asked, 0, lazily(writing))
  const approval: NewApproval = {
    ...values,
    stage: begun.stage,
    stage_ends_at: begun.stage_ends_at ?? values.stage_ends_at,
    ...reviewedOf(contents, row, values),
    asked: JSON.stringify(begun.asked),
  }
  await tx.insertInto('approvals').values(approval).execute()
}

/** What the reviewer reads, as it is written. */
function reviewedOf(contents: Contents, row: ExecutionRow, { id, prompt }: { id: string; prompt: string }) {
  const args = JSON.stringify(row.args)
  if (row.sealed_with === null) return { args, prompt }
  return {
    args: sealJson(contents, sealedFor.args(id), args),
    prompt: sealText(contents, sealedFor.prompt(id), prompt),
  }
}

function askedRecord({ policy, evaluation, facts }: Asking): AskedRecord {
  const { asked, rules, closed } = evaluation
  if (asked === undefined) throw new Error('a call that nobody is asked for was to be asked for')
  const { id, name, version } = policy
  return { ...asked, policy: { id, name, version }, rules, closed, facts }
}

/** One sentence for the reviewer; the arguments stand beside it in full. */
function promptOf(row: ExecutionRow, risk: Risk): string {
  const args = reviewedJson(row.args)
  return `Run ${row.tool} (${risk}) with ${args.length > 300 ? `${args.slice(0, 300)}…` : args}`
}
