import type { LoginLink } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Caller } from '../actor.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { newToken, tokenHash } from './token.ts'

/**
 * A link with which whoever holds this key logs in at the dashboard, once. The session acts by the
 * key: what it may, and whose calls it may approve, follows from it as for the key itself.
 * @throws Fault person_required for a service key, and for a session that came of no key
 */
export async function createLoginLink(core: Records, actor: Caller): Promise<LoginLink> {
  const { key } = actor
  if (actor.kind !== 'person' || key === null) throw new Fault('person_required')
  const token = newToken('loginLink')
  const token_hash = tokenHash('loginLink', token)
  if (token_hash === undefined) throw new Error('a new token is none')
  return write(core, async ({ tx, now, append }) => {
    const id = newId('lgn', now.getTime())
    const expires_at = new Date(now.getTime() + limits.loginLinkSeconds * 1000)
    const of = { project_id: actor.projectId, user_id: actor.id, key_id: key.id }
    await tx
      .insertInto('login_links')
      .values({ id, ...of, token_hash, created_at: now, expires_at })
      .execute()
    append({ project_id: actor.projectId, kind: 'login_link.created', actor, data: { login_link_id: id } })
    return { id, object: 'login_link', token, email: actor.person.email, expires_at: expires_at.toISOString() }
  })
}
