import type { Execution, resolveSchema } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { lockRequestedExecution } from '../../store/executions.ts'
import type { Member } from '../actor.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'
import { presentRow } from './present-row.ts'

/**
 * A person says what became of an ambiguous call.
 * @throws Fault execution_not_found, illegal_transition
 */
export async function resolveCall(
  core: Records & FleetView & Directory,
  actor: Member,
  executionId: string,
  body: z.infer<typeof resolveSchema>,
): Promise<Execution> {
  if (!isUuid(executionId)) throw new Fault('execution_not_found')
  const { row, requestedBy } = await write(core, async (writing) => {
    const { tx, now, append } = writing
    const call = await lockRequestedExecution(tx, actor.projectId, executionId)
    if (call === undefined) throw new Fault('execution_not_found')
    requireWorkspace(actor, call.workspace_id)
    const moved = await moveExecution(writing, executionId, {
      to: body.outcome,
      from: ['ambiguous'],
      set: {
        resolved_by: actor.id,
        resolved_note: body.note,
        resolved_at: now,
        // The doubt is over, and it stands in the events; how a call failed is still worth knowing.
        ...(body.outcome === 'completed' ? { error: null } : {}),
      },
      actor,
      data: { note: body.note },
    })
    if (moved === undefined)
      throw new Fault('illegal_transition', {
        message: `The call is ${call.state}; only an ambiguous call can be resolved.`,
      })
    append({
      project_id: moved.project_id,
      kind: 'execution.resolved',
      actor,
      execution_id: moved.id,
      workspace_id: moved.workspace_id,
      data: { outcome: body.outcome, note: body.note },
    })
    return { row: moved, requestedBy: call.requested_by_name }
  })
  return presentRow(core, row, requestedBy)
}
