import type { Workspace, workspaceCreateSchema } from '@xerotier/protocol/api/workspaces.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { uniqueViolation } from '../../store/unique-violation.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { presentWorkspace } from './present.ts'

/** @throws Fault name_taken */
export async function createWorkspace(
  core: Records & FleetView,
  actor: Member,
  body: z.output<typeof workspaceCreateSchema>,
): Promise<Workspace> {
  try {
    const row = await write(core, async ({ tx, append, now }) => {
      const id = newId('ws', now.getTime())
      append({
        project_id: actor.projectId,
        kind: 'workspace.created',
        actor,
        workspace_id: id,
        data: { name: body.name, type: body.type },
      })
      return tx
        .insertInto('workspaces')
        .values({
          id,
          project_id: actor.projectId,
          name: body.name,
          type: body.type,
          description: body.description ?? null,
          created_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return await presentWorkspace(core, row)
  } catch (error) {
    if (uniqueViolation(error) !== undefined) throw new Fault('name_taken', { param: 'name' })
    throw error
  }
}
