import type { Execution, resolveSchema } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { uuidSchema } from '@xerotier/protocol/ids.ts'
import type { z } from 'zod'
import { keyName } from '../../store/api-keys.ts'
import { appendEvents } from '../../store/events.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveExecution } from '../lifecycles/execution.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'
import { presentRow } from './present-row.ts'

/** A person says what became of an ambiguous call. @throws Fault execution_not_found, illegal_transition */
export async function resolveCall(
  core: Records & FleetView & Directory,
  principal: Principal,
  executionId: string,
  body: z.infer<typeof resolveSchema>,
): Promise<Execution> {
  if (!uuidSchema.safeParse(executionId).success) throw new Fault('execution_not_found')
  const at = new Date(core.clock.now())
  const { row, requestedBy } = await core.store.db.transaction().execute(async (tx) => {
    const current = await tx
      .selectFrom('executions')
      .select(['state', keyName('executions.requested_by', 'executions.project_id').as('requested_by_name')])
      .where('id', '=', executionId)
      .where('project_id', '=', principal.projectId)
      .executeTakeFirst()
    if (current === undefined) throw new Fault('execution_not_found')
    const moved = await moveExecution(tx, executionId, {
      to: body.outcome,
      from: ['ambiguous'],
      set: {
        resolved_by: principal.keyId,
        resolved_note: body.note,
        resolved_at: at,
        // The doubt is over, and it stands in the events; how a call failed is still worth knowing.
        ...(body.outcome === 'completed' ? { error: null } : {}),
      },
      actor: principal.keyId,
      at,
      data: { note: body.note },
    })
    if (moved === undefined)
      throw new Fault('illegal_transition', {
        message: `The call is ${current.state}; only an ambiguous call can be resolved.`,
      })
    await appendEvents(tx, [
      {
        at,
        project_id: moved.project_id,
        kind: 'execution.resolved',
        actor: principal.keyId,
        execution_id: moved.id,
        workspace_id: moved.workspace_id,
        data: { outcome: body.outcome, note: body.note },
      },
    ])
    return { row: moved, requestedBy: current.requested_by_name }
  })
  core.eventLog.wake()
  return presentRow(core, row, requestedBy)
}
