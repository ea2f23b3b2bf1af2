import type { Project } from '@xerotier/protocol/api/projects.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database, Tx } from '../../store/database.ts'
import { type ProjectRow, selectProject } from '../../store/projects.ts'
import { selectStop } from '../../store/retention.ts'
import type { Member } from '../actor.ts'
import type { Records } from '../records.ts'
import { retentionOf } from './retention.ts'

export async function presentProject(db: Database | Tx, row: ProjectRow): Promise<Project> {
  return {
    id: row.id,
    object: 'project',
    slug: row.slug,
    name: row.name,
    allow_self_approval: row.allow_self_approval,
    encrypt_calls: row.encrypt_calls,
    required_login: row.required_login,
    retention: retentionOf(row),
    retention_stopped_by: await selectStop(db, row.id),
    created_at: row.created_at.toISOString(),
  }
}

/** @throws Fault project_not_found */
export async function showProject({ store }: Pick<Records, 'store'>, actor: Member): Promise<Project> {
  const row = await selectProject(store.db, actor.projectId)
  if (row === undefined) throw new Fault('project_not_found')
  return presentProject(store.db, row)
}
