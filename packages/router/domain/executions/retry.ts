// An ended call is made again: the same tool, arguments and workspace, as a new call that goes
// through policy and approval. Each of the two says that it belongs to the other.
import type { Invocation, Retry } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import { requireReadable } from '../encryption/pieces.ts'
import type { Records } from '../records.ts'
import { refilled } from '../tools/refilled.ts'
import { findExecution } from './find.ts'

/**
 * The call to submit.
 * @throws Fault execution_not_found, workspace_not_allowed, illegal_transition while it has not
 * ended
 * @throws Fault invalid_arguments when a secret is missing, or more than the secrets is given
 */
export async function callAgain(
  core: Pick<Records, 'store'>,
  actor: Member,
  id: string,
  { args, reason }: Retry,
): Promise<{ invocation: Invocation; retryOf: string }> {
  const first = await findExecution(core, actor.projectId, id)
  requireWorkspace(actor, first.workspace_id)
  refuseUnended(first)
  // What stands in place of sealed arguments must not be taken for them.
  requireReadable(core.store.contents, first)
  const invocation = {
    workspace: first.workspace_id,
    tool: first.tool,
    args: refilled(first.args, args),
    reason: reason ?? first.reason ?? undefined,
    timeout_ms: first.timeout_ms,
  }
  return { invocation, retryOf: first.id }
}

function refuseUnended({ state }: Pick<ExecutionRow, 'state'>): void {
  if (state === 'ambiguous')
    throw new Fault('illegal_transition', {
      message: 'The call is ambiguous: it may have run. Say first what became of it, and then make it again.',
    })
  if (!isSettled(state))
    throw new Fault('illegal_transition', {
      message: `The call is ${state}; only one that has ended can be made again.`,
    })
}
