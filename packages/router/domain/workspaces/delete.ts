import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectUnfinishedIds } from '../../store/executions.ts'
import { lockWorkspace } from '../../store/workspaces.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import { cancelCall } from '../executions/cancel.ts'
import { tellBindings } from '../fleet/bindings.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { movePauses } from '../lifecycles/pause.ts'
import type { Records } from '../records.ts'
import { presentWorkspace } from './present.ts'

/**
 * The workspace goes for good, with its bindings and pauses, and its name is free. Its row stays,
 * so that the history of its calls keeps its name.
 * @throws Fault workspace_not_found
 * @throws Fault workspace_in_use while a call of it waits or runs
 */
export async function deleteWorkspace(
  core: Records & FleetView & Directory & Pick<Attempts, 'calls' | 'dispatcher'>,
  actor: Member,
  reference: string,
): Promise<Workspace> {
  const { projectId } = actor
  const { id } = await findWorkspace(core, projectId, reference)
  const { row, served } = await write(core, async (writing) => {
    const { tx, append, now, after } = writing
    const found = await lockWorkspace(tx, id)
    if (found === undefined) throw new Fault('workspace_not_found')
    const calls = await selectUnfinishedIds(tx, id, mostNamed)
    if (calls.length > 0) throw inUse(found.name, calls)
    const served = await tx
      .deleteFrom('workspace_agent_bindings')
      .where('workspace_id', '=', id)
      .returning('agent_id')
      .execute()
    await movePauses(writing, (pauses) => pauses.where('workspace_id', '=', id), {
      to: 'ended',
      actor,
      because: 'the workspace was deleted',
    })
    append({ project_id: projectId, kind: 'workspace.deleted', actor, workspace_id: id, data: { name: found.name } })
    after(() => core.workspaces.forget(found))
    const row = await tx
      .updateTable('workspaces')
      .set({ deleted_at: now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return { row, served }
  })
  for (const { agent_id } of served) await tellBindings(core, projectId, agent_id)
  // What was on its way when the workspace went: nobody serves it any more.
  for (const late of await selectUnfinishedIds(core.store.db, id)) await cancelLate(core, actor, late)
  return presentWorkspace(core, row)
}

const mostNamed = 100

function inUse(name: string, calls: readonly string[]): Fault {
  const many =
    calls.length === mostNamed ? `${mostNamed} or more calls` : `${calls.length} call${calls.length === 1 ? '' : 's'}`
  return new Fault('workspace_in_use', {
    param: 'workspace',
    message: `${many} of ${name} wait${calls.length === 1 ? 's' : ''} or run${calls.length === 1 ? 's' : ''}: ${calls.slice(0, 3).join(', ')}.`,
  })
}

async function cancelLate(core: Parameters<typeof cancelCall>[0], actor: Member, id: string): Promise<void> {
  try {
    await cancelCall(core, actor, id)
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Fault)) throw error
  }
}
