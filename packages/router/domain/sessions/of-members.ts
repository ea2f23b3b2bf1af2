// Who is logged in, for owners. A session is theirs to see and to end while it looks at their
// project: where else its person is, is no business of theirs.
import { type MemberSession, memberSessionSchema } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { type SessionInProject, selectSessionsIn } from '../../store/sessions.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import { changePeople } from '../people/change.ts'
import { findMember } from '../people/find.ts'
import { publicForm } from '../public-form.ts'
import { dropDevices } from '../push-devices/drop.ts'
import type { Records } from '../records.ts'
import { livingAt } from './admit.ts'
import { endSession } from './end.ts'
import type { SessionWatch } from './watch.ts'

const present = publicForm<MemberSession, SessionInProject, undefined>(memberSessionSchema, { object: () => 'session' })

/** Newest first. @throws Fault member_not_found, invalid_request */
export async function listMemberSessions(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  { projectId }: Member,
  query: { limit: number; after?: string | undefined; member?: string | undefined },
): Promise<Page<MemberSession>> {
  const { member, limit } = query
  const userId = member === undefined ? undefined : (await findMember(store.db, projectId, member, 'member')).id
  const page = { userId, after: idCursor('ses', query.after), limit: limit + 1 }
  const rows = await selectSessionsIn(store.db, projectId, livingAt(clock.now()), page)
  return toPage(
    rows,
    limit,
    (row) => present(row, undefined),
    (session) => session.id,
  )
}

/** @throws Fault owner_required, session_not_found */
export function endMemberSession(
  core: Records & { sessions: SessionWatch },
  actor: Member,
  id: string,
): Promise<MemberSession> {
  return changePeople(core, actor, async (writing) => {
    const living = livingAt(writing.now.getTime())
    const [row] = await selectSessionsIn(writing.tx, actor.projectId, living, { id, limit: 1 })
    if (row === undefined) throw new Fault('session_not_found')
    await endSession(core, writing, row, actor)
    const which = { projectId: actor.projectId, userId: row.user_id, sessionId: id }
    await dropDevices(writing, actor, which, 'An owner logged its browser out.')
    return present(row, undefined)
  })
}

/**
 * Ends all of a member that look at the project, and lets none in that was opened before: one that
 * looks at another project now goes on there, and does not come here.
 * @throws Fault owner_required, member_not_found
 */
export function endSessionsOf(core: Records & { sessions: SessionWatch }, actor: Member, reference: string) {
  const { projectId } = actor
  return changePeople(core, actor, async (writing) => {
    const { tx, now, append } = writing
    const { id, email, name } = await findMember(tx, projectId, reference)
    const living = livingAt(now.getTime())
    const rows = await selectSessionsIn(tx, projectId, living, { userId: id, limit: Number.MAX_SAFE_INTEGER })
    for (const row of rows) await endSession(core, writing, row, actor)
    await dropDevices(writing, actor, { projectId, userId: id }, 'An owner logged its person out.')
    await tx
      .updateTable('project_members')
      .set({ sessions_since: now })
      .where('project_id', '=', projectId)
      .where('user_id', '=', id)
      .execute()
    append({ project_id: projectId, kind: 'member.sessions_ended', actor, data: { user_id: id, ended: rows.length } })
    return { object: 'ended_sessions' as const, user_id: id, user_email: email, user_name: name, ended: rows.length }
  })
}
