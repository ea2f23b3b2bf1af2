import type { Project, projectUpdateSchema } from '@xerotier/protocol/api/projects.ts'
import type { z } from 'zod'
import { write } from '../events/write.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'
import { presentProject, showProject } from './show.ts'

/** @throws Fault project_not_found */
export async function updateProject(
  core: Records,
  principal: Principal,
  body: z.output<typeof projectUpdateSchema>,
): Promise<Project> {
  const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  if (Object.keys(changes).length === 0) return showProject(core, principal)
  const row = await write(core, async ({ tx, append }) => {
    append({ project_id: principal.projectId, kind: 'project.updated', actor: principal.keyId, data: changes })
    return tx
      .updateTable('projects')
      .set(changes)
      .where('id', '=', principal.projectId)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentProject(row)
}
