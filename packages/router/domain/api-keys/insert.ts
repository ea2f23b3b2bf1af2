import type { KeyWorkspace } from '@xerotier/protocol/api/api-keys.ts'
import type { Insertable } from 'kysely'
import { type ApiKeyRow, emailOfKey } from '../../store/api-keys.ts'
import type { Tables } from '../../store/tables.ts'
import { cameBy, type Member } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { ApiKeyValue } from './value.ts'

type Columns = Insertable<Tables['api_keys']>

export interface NewApiKey extends Pick<Columns, 'name' | 'scopes' | 'user_id' | 'ip_filter' | 'quota' | 'expires_at'> {
  workspaces?: KeyWorkspace[] | null
}

/** Stores a new key of the actor's project. Its line goes on with the key that it was made with. */
export async function insertApiKey(
  { tx, now, append }: Writing,
  actor: Member,
  { prefix, hash }: ApiKeyValue,
  { workspaces = null, ...columns }: NewApiKey,
): Promise<ApiKeyRow> {
  const id = newId('key', now.getTime())
  const { projectId: project_id } = actor
  const { name, scopes, user_id } = columns
  append({
    project_id,
    kind: 'api_key.created',
    actor,
    data: { api_key_id: id, name, user_id, scopes, ...(workspaces === null ? {} : { workspaces }) },
  })
  return tx
    .insertInto('api_keys')
    .values({
      ...columns,
      ...{ id, project_id, prefix, hash, created_at: now, created_by: cameBy(actor).key ?? actor.id },
      workspaces: workspaces === null ? null : JSON.stringify(workspaces),
    })
    .returningAll()
    .returning(emailOfKey)
    .executeTakeFirstOrThrow()
}
