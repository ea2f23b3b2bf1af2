import type { Project } from '@xerotier/protocol/api/projects.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Selectable } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'

export function presentProject(row: Selectable<Tables['projects']>): Project {
  return {
    id: row.id,
    object: 'project',
    slug: row.slug,
    name: row.name,
    allow_self_approval: row.allow_self_approval,
    created_at: row.created_at.toISOString(),
  }
}

/** @throws Fault project_not_found */
export async function showProject(core: Pick<Records, 'store'>, principal: Principal): Promise<Project> {
  const row = await core.store.db
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', principal.projectId)
    .executeTakeFirst()
  if (row === undefined) throw new Fault('project_not_found')
  return presentProject(row)
}
