// A call that policy wants a person to see: stored with its approval, in one transaction.

import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { countPending } from '../../store/approvals.ts'
import type { ExecutionRow, NewApproval } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { submissionOf } from '../attempts/submission.ts'
import { write } from '../events/write.ts'
import { newUuid } from '../ids.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'

/**
 * Requests of a project are stored one after the other: each counts what those before it left
 * waiting, and their commits are over by then.
 */
const turns = perProject(() => {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
})

/**
 * @returns false when the idempotency key is known
 * @throws Fault capacity_exceeded when too many approvals wait already
 */
export async function requestApproval(
  core: Records,
  actor: Member,
  row: ExecutionRow,
  timeoutSeconds: number,
): Promise<boolean> {
  const approvalId = newUuid(row.created_at.getTime())
  row.state = 'pending_approval'
  row.approval_id = approvalId
  const about = {
    project_id: row.project_id,
    actor,
    execution_id: row.id,
    approval_id: approvalId,
    workspace_id: row.workspace_id,
  }
  const stored = await turns.of(row.project_id)(() =>
    write(core, async ({ tx, append }) => {
      const inserted = await tx
        .insertInto('executions')
        .values({ ...submissionOf(row), approval_id: approvalId })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (inserted === undefined) return false
      const waiting = await countPending(tx, row.project_id)
      if (waiting >= limits.pendingApprovalsPerProject) {
        throw new Fault('capacity_exceeded', {
          message: `The project has ${waiting} approvals waiting for a decision, which is the limit.`,
          retryAfter: 60,
        })
      }
      const approval: NewApproval = {
        id: approvalId,
        project_id: row.project_id,
        execution_id: row.id,
        workspace_id: row.workspace_id,
        tool: row.tool,
        risk: row.risk,
        state: 'pending',
        args: JSON.stringify(row.args),
        prompt: promptOf(row),
        reason: row.reason,
        digest: row.digest,
        schema_digest: row.schema_digest,
        policy_version: row.policy_version,
        credentials_ref: row.credentials_ref,
        requested_by: row.requested_by,
        requested_key: row.requested_key,
        requested_door: row.requested_door,
        requested_at: row.created_at,
        expires_at: new Date(row.created_at.getTime() + timeoutSeconds * 1000),
      }
      await tx.insertInto('approvals').values(approval).execute()
      append({ ...about, kind: 'execution.pending_approval' })
      append({ ...about, kind: 'approval.requested', data: { tool: row.tool, risk: row.risk, digest: row.digest } })
      return true
    }),
  )
  if (!stored) row.approval_id = null
  return stored
}

/** One sentence for the reviewer; the arguments stand beside it in full. */
function promptOf(row: ExecutionRow): string {
  const args = JSON.stringify(row.args)
  return `Run ${row.tool} (${row.risk}) with ${args.length > 300 ? `${args.slice(0, 300)}…` : args}`
}
