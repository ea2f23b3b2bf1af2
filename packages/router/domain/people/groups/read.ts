import { type Group, groupSchema } from '@xerotier/protocol/api/groups.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database, Tx } from '../../../store/database.ts'
import { type GroupRow, selectGroup, selectGroups } from '../../../store/groups.ts'
import type { Member } from '../../actor.ts'
import { idCursor, type Page, toPage } from '../../page.ts'
import { publicForm } from '../../public-form.ts'
import type { Records } from '../../records.ts'

const form = publicForm<Group, GroupRow, undefined>(groupSchema, { object: () => 'group' })

export function presentGroup(row: GroupRow): Group {
  return form(row, undefined)
}

/**
 * The group of that id or name.
 * @throws Fault group_not_found
 */
export async function findGroup(
  db: Database | Tx,
  projectId: string,
  reference: string,
  param?: string,
): Promise<GroupRow> {
  const row = await selectGroup(db, projectId, reference)
  if (row !== undefined) return row
  throw new Fault('group_not_found', {
    message: `There is no group ${JSON.stringify(reference)} in this project.`,
    ...(param === undefined ? {} : { param }),
  })
}

/** @throws Fault invalid_request */
export async function listGroups(
  core: Pick<Records, 'store'>,
  actor: Member,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Group>> {
  const page = { limit: query.limit, after: idCursor('grp', query.after) }
  const rows = await selectGroups(core.store.db, actor.projectId, page)
  return toPage(rows, query.limit, presentGroup, (group) => group.id)
}

/** @throws Fault group_not_found */
export async function showGroup(core: Pick<Records, 'store'>, actor: Member, reference: string): Promise<Group> {
  return presentGroup(await findGroup(core.store.db, actor.projectId, reference))
}
