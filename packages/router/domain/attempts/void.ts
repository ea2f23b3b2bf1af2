// What was approved, or was to be, is not what would run any more (law L3).

import type { ExecutionRow } from '../../store/tables.ts'
import { type Actor, router } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import { moveApproval } from '../lifecycles/approval.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { endCall } from './end.ts'

/**
 * Voids the approval and cancels its call: nothing of it ran, whether or not it was approved.
 * @returns undefined when the call has moved on; then nothing of this may be committed
 */
export async function voidApproval(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  approvalId: string,
  call: Pick<ExecutionRow, 'id' | 'state'>,
  message: string,
): Promise<ExecutionRow | undefined> {
  await moveApproval(writing, approvalId, { to: 'voided', actor: router, data: { reason: message } })
  const error = { code: 'approval_voided', message }
  return endCall(core, writing, call.id, {
    to: 'cancelled',
    from: [call.state],
    error,
    actor: router,
    data: { error },
  })
}

/**
 * The same where the policy refuses the call by now: whoever asked reads why.
 * @returns undefined when the call has moved on; then nothing of this may be committed
 */
export async function refuseApproved(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  approvalId: string,
  call: Pick<ExecutionRow, 'id' | 'state'>,
  message: string,
  actor: Actor,
): Promise<ExecutionRow | undefined> {
  await moveApproval(writing, approvalId, { to: 'voided', actor, data: { reason: message } })
  return endCall(core, writing, call.id, {
    to: 'cancelled',
    from: [call.state],
    error: { code: 'policy_refused', message },
    actor: router,
    data: { approval_id: approvalId },
  })
}

/**
 * Ends a queued call whose turn it is, and which no agent would run as it was submitted: with its
 * approval, or before anybody was asked.
 * @param changed what has, half a sentence
 */
export function endChanged(core: Records & Pick<Attempts, 'calls'>, row: ExecutionRow, changed: string): Promise<void> {
  const { approval_id: approvalId } = row
  return endQueued(core, row, (writing) =>
    approvalId === null
      ? endUnasked(core, writing, row, `${changed} after the call was submitted, so it was not run.`)
      : voidApproval(core, writing, approvalId, row, `${changed} after the call was approved.`),
  )
}

/** The same for what the policy refuses by now. */
export function endRefused(core: Records & Pick<Attempts, 'calls'>, row: ExecutionRow, why: string): Promise<void> {
  return endQueued(core, row, (writing) => refuseApproved(core, writing, row.approval_id ?? '', row, why, router))
}

async function endQueued(
  core: Records & Pick<Attempts, 'calls'>,
  row: ExecutionRow,
  end: (writing: Writing) => Promise<ExecutionRow | undefined>,
): Promise<void> {
  core.calls.remove(row)
  try {
    await write(core, async (writing) => {
      if ((await end(writing)) === undefined) throw new Overtaken()
    })
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
  }
}

function endUnasked(
  core: Pick<Attempts, 'calls'>,
  writing: Writing,
  { id }: ExecutionRow,
  message: string,
): Promise<ExecutionRow | undefined> {
  const error = { code: 'tool_changed', message }
  return endCall(core, writing, id, { to: 'cancelled', from: ['queued'], error, actor: router, data: { error } })
}

/** The call was cancelled or has expired meanwhile: its approval stays what it was. */
class Overtaken extends Error {}
