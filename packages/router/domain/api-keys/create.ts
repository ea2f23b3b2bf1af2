import type { ApiKey, apiKeyCreateSchema } from '@xerotier/protocol/api/api-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { scopesOfRole } from '@xerotier/protocol/roles.ts'
import type { z } from 'zod'
import type { Tx } from '../../store/database.ts'
import { selectSlug } from '../../store/projects.ts'
import type { Member } from '../actor.ts'
import { namedWorkspaces } from '../directory/named-workspaces.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import { requireOwner } from '../people/change.ts'
import { findMember } from '../people/find.ts'
import type { Records } from '../records.ts'
import { insertApiKey } from './insert.ts'
import { presentApiKey } from './present.ts'
import { newApiKeyValue } from './value.ts'

type Body = z.output<typeof apiKeyCreateSchema>

/**
 * A service key, or a key of a member. The value is in this answer and nowhere else.
 * @throws Fault workspace_not_found, member_not_found
 * @throws Fault owner_required for a key of somebody else
 * @throws Fault invalid_body for an expiry in the past, or scopes that the member cannot have
 */
export async function createApiKey(
  core: Records & Directory,
  actor: Member,
  body: Body,
): Promise<ApiKey & { key: string }> {
  const expires_at = body.expires_at === undefined ? null : new Date(body.expires_at)
  if (expires_at !== null && expires_at.getTime() <= core.clock.now()) {
    throw new Fault('invalid_body', { message: 'expires_at: must lie in the future', param: 'expires_at' })
  }
  const workspaces =
    body.workspaces === undefined ? null : await namedWorkspaces(core, actor.projectId, body.workspaces)
  const secret = newApiKeyValue(await selectSlug(core.store.db, actor.projectId))
  const row = await write(core, async (writing) =>
    insertApiKey(writing, actor, secret, {
      name: body.name,
      user_id: body.user === undefined ? null : await ownerOf(writing.tx, actor, body.user, body.scopes),
      scopes: [...new Set(body.scopes)],
      ip_filter: body.ip_filter === undefined ? null : JSON.stringify(body.ip_filter),
      quota: body.quota === undefined ? null : JSON.stringify(body.quota),
      workspaces,
      expires_at,
    }),
  )
  return { ...presentApiKey(row, core.clock.now()), key: secret.value }
}

/** The id of whose it is to be: an active member, whose role has those scopes. */
async function ownerOf(tx: Tx, actor: Member, reference: string, scopes: Body['scopes']): Promise<string> {
  const { id, name, active, role } = await findMember(tx, actor.projectId, reference, 'user')
  if (id !== actor.id) await requireOwner(tx, actor)
  if (!active) throw new Fault('invalid_body', { param: 'user', message: `user: ${name} was deactivated` })
  const beyond = scopes.find((scope) => !scopesOfRole[role].includes(scope))
  if (beyond === undefined) return id
  throw new Fault('invalid_body', {
    param: 'scopes',
    message: `scopes: ${name} is a ${role} of the project, and none of those has \`${beyond}\``,
  })
}
