import { Fault } from '@xerotier/protocol/errors.ts'
import type { Member } from '../actor.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import { findExecution } from '../executions/find.ts'
import type { Records } from '../records.ts'

/**
 * A key that is held to some workspaces holds, and releases, calls of these alone.
 * @param executionId null for all of the project
 * @throws Fault execution_not_found, workspace_not_allowed
 */
export async function requireMayHold(
  core: Pick<Records, 'store'>,
  actor: Member,
  executionId: string | null,
): Promise<void> {
  if (executionId !== null) {
    const { workspace_id } = await findExecution(core, actor.projectId, executionId)
    return requireWorkspace(actor, workspace_id)
  }
  if (actor.kind === 'agent' || actor.workspaces === null) return
  throw new Fault('workspace_not_allowed', {
    param: 'project',
    message: 'The key is held to some workspaces, so that it holds calls of these alone.',
  })
}
