import type { OpenSession } from '@xerotier/protocol/api/sessions.ts'
import { selectMemberships } from '../../store/sessions.ts'
import type { Records } from '../records.ts'
import { type KnownSession, neededLogins } from './admit.ts'
import { csrfToken } from './token.ts'

/** What its page needs to know. */
export async function presentOpenSession(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  { row, actor, token }: KnownSession & { token: string },
): Promise<OpenSession> {
  const { id, address, browser, methods, created_at, seen_at, expires_at, project_id } = row
  const project = { id: project_id, slug: row.project_slug, name: row.project_name, role: row.role }
  return {
    ...{ id, object: 'session', address, browser, methods, this: true },
    created_at: created_at.toISOString(),
    seen_at: seen_at.toISOString(),
    expires_at: expires_at.toISOString(),
    person: { id: actor.id, name: actor.person.name, email: actor.person.email },
    project,
    projects: row.key_id === null ? await selectMemberships(store.db, row.user_id, row.created_at) : [project],
    scopes: [...actor.scopes],
    needs: neededLogins(row),
    csrf_token: csrfToken(token),
    now: clock.now(),
  }
}
