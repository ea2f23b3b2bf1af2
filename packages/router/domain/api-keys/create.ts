import type { ApiKey, apiKeyCreateSchema } from '@xerotier/protocol/api/api-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { selectSlug } from '../../store/projects.ts'
import type { Member } from '../actor.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { presentApiKey } from './present.ts'
import { newApiKeyValue } from './value.ts'
import { keyWorkspaces } from './workspaces.ts'

/**
 * The value is in this answer and nowhere else.
 * @throws Fault workspace_not_found; invalid_body for an expiry in the past
 */
export async function createApiKey(
  core: Records & Directory,
  actor: Member,
  body: z.output<typeof apiKeyCreateSchema>,
): Promise<ApiKey & { key: string }> {
  const expires = body.expires_at === undefined ? null : new Date(body.expires_at)
  if (expires !== null && expires.getTime() <= core.clock.now()) {
    throw new Fault('invalid_body', { message: 'expires_at: must lie in the future', param: 'expires_at' })
  }
  const workspaces = body.workspaces === undefined ? null : await keyWorkspaces(core, actor.projectId, body.workspaces)
  const secret = newApiKeyValue(await selectSlug(core.store.db, actor.projectId))
  const row = await write(core, async ({ tx, append, now }) => {
    const id = newId('key', now.getTime())
    append({
      project_id: actor.projectId,
      kind: 'api_key.created',
      actor,
      data: { api_key_id: id, name: body.name, scopes: body.scopes, ...(workspaces === null ? {} : { workspaces }) },
    })
    return tx
      .insertInto('api_keys')
      .values({
        id,
        project_id: actor.projectId,
        name: body.name,
        prefix: secret.prefix,
        hash: secret.hash,
        scopes: [...new Set(body.scopes)],
        ip_filter: body.ip_filter === undefined ? null : JSON.stringify(body.ip_filter),
        quota: body.quota === undefined ? null : JSON.stringify(body.quota),
        workspaces: workspaces === null ? null : JSON.stringify(workspaces),
        created_by: actor.id,
        created_at: now,
        expires_at: expires,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return { ...presentApiKey(row, core.clock.now()), key: secret.value }
}
