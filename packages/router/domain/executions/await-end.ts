// A submit whose caller waits for the end of the call.
import type { Invocation } from '@xerotier/protocol/api/executions.ts'
import { isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { Encrypting } from '../encryption/encrypting.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import type { Policies } from '../policy/book.ts'
import type { Records } from '../records.ts'
import { type SubmitMeta, submitCall } from './submit.ts'
import { findSubmitted, type Submitted } from './submitted.ts'

export interface Wait {
  /** How long at most. */
  ms: number
  /** Takes what is to happen when the caller hangs up: the call goes on, the wait ends. */
  onHangUp(stop: () => void): void
}

/**
 * Submits, and waits.
 * @returns the call as it ended, or as it was stored when the time is up
 * @throws Fault as `submitCall`
 */
export async function submitAndAwaitEnd(
  core: Records & FleetView & Directory & Attempts & Policies & Encrypting & { tracing: Tracing; identity: Identity },
  actor: Member,
  invocation: Invocation,
  meta: SubmitMeta & { id: string },
  wait: Wait,
): Promise<Submitted> {
  const { id } = meta
  // Before the frame can leave: an agent may answer before the submit has returned.
  const waiter = waitFor(core, { project_id: actor.projectId, id }, wait)
  try {
    const submitted = await submitCall(core, actor, invocation, meta)
    if (submitted.row.id !== id) return await awaitReplayed(core, submitted, wait)
    const ended = await waiter.settled
    return ended === undefined ? submitted : { ...submitted, row: ended }
  } finally {
    waiter.stop()
  }
}

/**
 * Waits as the first caller does. What ended between the look and the wait shows in a second look.
 */
async function awaitReplayed(
  core: Pick<Records, 'store'> & Pick<Attempts, 'calls'>,
  first: Submitted,
  wait: Wait,
): Promise<Submitted> {
  if (isSettled(first.row.state)) return first
  const waiter = waitFor(core, first.row, wait)
  try {
    const again = (await findSubmitted(core, first.row)) ?? first
    if (isSettled(again.row.state)) return again
    const ended = await waiter.settled
    return ended === undefined ? again : { ...again, row: ended }
  } finally {
    waiter.stop()
  }
}

function waitFor(
  { calls }: Pick<Attempts, 'calls'>,
  row: Pick<ExecutionRow, 'project_id' | 'id'>,
  { ms, onHangUp }: Wait,
) {
  const waiter = calls.waitFor(row, ms)
  onHangUp(waiter.stop)
  return waiter
}
