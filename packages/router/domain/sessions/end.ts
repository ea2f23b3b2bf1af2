import type { Session } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { type FoundSession, type SessionRow, selectMemberships, selectSessions } from '../../store/sessions.ts'
import { type Member, personActor } from '../actor.ts'
import { type Writing, write } from '../events/write.ts'
import { dropDevices } from '../push-devices/drop.ts'
import type { Records } from '../records.ts'
import { type KnownSession, livingAt } from './admit.ts'
import type { SessionWatch } from './watch.ts'

/** In the transaction of whoever ends it; its streams end with the commit. */
export async function endSession(
  { sessions }: { sessions: SessionWatch },
  { tx, now, append, after }: Writing,
  { id, project_id, user_id }: Pick<SessionRow, 'id' | 'project_id' | 'user_id'>,
  actor: Member = personActor(
    { id: user_id, name: '', email: '' },
    { projectId: project_id, door: 'dashboard', scopes: [], workspaces: null, key: null },
  ),
): Promise<void> {
  await tx.updateTable('sessions').set({ ended_at: now }).where('id', '=', id).where('ended_at', 'is', null).execute()
  append({ project_id, kind: 'session.ended', actor, data: { session_id: id, user_id } })
  after(() => sessions.ended(id))
}

/** The sessions of a person, newest first. */
export async function listSessions(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  { row }: KnownSession,
): Promise<Session[]> {
  const rows = await selectSessions(store.db, row.user_id, livingAt(clock.now()))
  return rows.map((one) => presentSession(one, one.id === row.id))
}

function presentSession(row: SessionRow, isThis: boolean): Session {
  const { id, address, browser, methods, created_at, seen_at, expires_at } = row
  return {
    ...{ id, object: 'session', address, browser, methods, this: isThis },
    created_at: created_at.toISOString(),
    seen_at: seen_at.toISOString(),
    expires_at: expires_at.toISOString(),
  }
}

/** Ends a session of one's own, this one too. @throws Fault session_not_found */
export async function revokeSession(
  core: Records & { sessions: SessionWatch },
  { row, actor }: KnownSession,
  id: string,
): Promise<void> {
  await write(core, async (writing) => {
    const own = await selectSessions(writing.tx, row.user_id, livingAt(writing.now.getTime()))
    const session = own.find((one) => one.id === id)
    if (session === undefined) throw new Fault('session_not_found')
    await endSession(core, writing, session, actor)
    // Whoever logs a lost phone out wants it to tell nothing more either.
    await dropDevices(writing, actor, { userId: row.user_id, sessionId: id }, 'Its browser was logged out.')
  })
}

/**
 * Looks at another project. A session that came of a key stays in the project of the key.
 * @throws Fault cross_project_access
 */
export async function changeProject(
  core: Records & { sessions: SessionWatch },
  { row }: { row: FoundSession },
  slug: string,
): Promise<void> {
  const projects = row.key_id === null ? await selectMemberships(core.store.db, row.user_id, row.created_at) : []
  const project = projects.find((one) => one.slug === slug)
  if (project === undefined) throw new Fault('cross_project_access')
  await write(core, async ({ tx, after }) => {
    await tx.updateTable('sessions').set({ project_id: project.id }).where('id', '=', row.id).execute()
    // What they may is another: streams are of the old project.
    after(() => core.sessions.ended(row.id))
  })
}
