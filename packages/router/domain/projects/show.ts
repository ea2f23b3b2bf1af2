import type { Project } from '@xerotier/protocol/api/projects.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { type ProjectRow, selectProject } from '../../store/projects.ts'
import type { Member } from '../actor.ts'
import type { Records } from '../records.ts'
import { retentionOf } from './retention.ts'

export function presentProject(row: ProjectRow): Project {
  return {
    id: row.id,
    object: 'project',
    slug: row.slug,
    name: row.name,
    allow_self_approval: row.allow_self_approval,
    retention: retentionOf(row),
    created_at: row.created_at.toISOString(),
  }
}

/** @throws Fault project_not_found */
export async function showProject(core: Pick<Records, 'store'>, actor: Member): Promise<Project> {
  const row = await selectProject(core.store.db, actor.projectId)
  if (row === undefined) throw new Fault('project_not_found')
  return presentProject(row)
}
