import { memberSchema, type ProjectMember } from '@xerotier/protocol/api/members.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import { type MemberRow, selectMembers } from '../../../store/members.ts'
import type { Member } from '../../actor.ts'
import { idCursor, type Page, toPage } from '../../page.ts'
import { publicForm } from '../../public-form.ts'
import type { Records } from '../../records.ts'
import { findMember } from '../find.ts'

const form = publicForm<ProjectMember, MemberRow, undefined>(memberSchema, { object: () => 'member' })

export function presentMember(row: MemberRow): ProjectMember {
  return form(row, undefined)
}

/** @throws Fault invalid_request */
export async function listMembers(
  core: Pick<Records, 'store'>,
  actor: Member,
  query: { limit: number; after?: string | undefined; role?: ProjectRole | undefined },
): Promise<Page<ProjectMember>> {
  const page = { limit: query.limit, after: idCursor('usr', query.after), role: query.role }
  const rows = await selectMembers(core.store.db, actor.projectId, page)
  return toPage(rows, query.limit, presentMember, (member) => member.id)
}

/** @throws Fault member_not_found */
export async function showMember(
  core: Pick<Records, 'store'>,
  actor: Member,
  reference: string,
): Promise<ProjectMember> {
  return presentMember(await findMember(core.store.db, actor.projectId, reference))
}
