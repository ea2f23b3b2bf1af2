import type { Project, projectUpdateSchema } from '@xerotier/protocol/api/projects.ts'
import type { z } from 'zod'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import { presentProject, showProject } from './show.ts'

/** @throws Fault project_not_found */
export async function updateProject(
  core: Records,
  actor: Member,
  body: z.output<typeof projectUpdateSchema>,
): Promise<Project> {
  const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  if (Object.keys(changes).length === 0) return showProject(core, actor)
  const row = await write(core, async ({ tx, append }) => {
    append({ project_id: actor.projectId, kind: 'project.updated', actor, data: changes })
    return tx
      .updateTable('projects')
      .set(changes)
      .where('id', '=', actor.projectId)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentProject(row)
}
