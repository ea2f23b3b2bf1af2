// What can be changed about a key, each verb with its event. The keyring forgets the key after the
// commit, so that the next request sees the change.

import type { ApiKey, IpFilter, Quota } from '@xerotier/protocol/api/api-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { EventKind } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Updateable } from 'kysely'
import { type ApiKeyRow, emailOfKey, lockApiKey, lockManagementKeys } from '../../store/api-keys.ts'
import type { Tx } from '../../store/database.ts'
import { selectSlug } from '../../store/projects.ts'
import type { Tables } from '../../store/tables.ts'
import { cameBy, type Member } from '../actor.ts'
import { namedWorkspaces } from '../directory/named-workspaces.ts'
import type { Directory } from '../directory/workspaces.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import type { Keyring } from './keyring.ts'
import { presentApiKey } from './present.ts'
import { newApiKeyValue } from './value.ts'

/** For good. @throws Fault api_key_not_found, last_management_key */
export function revokeApiKey(core: Records & { keyring: Keyring }, actor: Member, id: string): Promise<ApiKey> {
  return change(core, actor, id, 'api_key.revoked', async (row, now, tx) => {
    if (row.revoked_at !== null) return undefined
    if (presentApiKey(row, now.getTime()).is_active && row.scopes.includes('management'))
      await keepAnother(tx, row, now)
    return { revoked_at: now, previous_hash: null, previous_expires_at: null }
  })
}

/** Without a key that may manage, nobody could ever make one again. */
async function keepAnother(tx: Tx, { id, project_id }: ApiKeyRow, now: Date): Promise<void> {
  const others = await lockManagementKeys(tx, project_id, now)
  if (others.some((other) => other.id !== id)) return
  throw new Fault('last_management_key', {
    message: 'No other active key of the project has the scope management: make one before you revoke this.',
  })
}

/** @throws Fault api_key_not_found */
export function setIpFilter(
  core: Records & { keyring: Keyring },
  actor: Member,
  id: string,
  filter: IpFilter | null,
): Promise<ApiKey> {
  const ip_filter = filter === null ? null : JSON.stringify(filter)
  return change(core, actor, id, 'api_key.updated', () => ({ ip_filter }), { ip_filter: filter })
}

/** @throws Fault api_key_not_found */
export function setQuota(
  core: Records & { keyring: Keyring },
  actor: Member,
  id: string,
  quota: Quota | null,
): Promise<ApiKey> {
  const text = quota === null ? null : JSON.stringify(quota)
  return change(core, actor, id, 'api_key.updated', () => ({ quota: text }), { quota })
}

/** @throws Fault api_key_not_found, workspace_not_found */
export async function setWorkspaces(
  core: Records & Directory & { keyring: Keyring },
  actor: Member,
  id: string,
  body: { workspaces: string[] } | null,
): Promise<ApiKey> {
  const workspaces = body === null ? null : await namedWorkspaces(core, actor.projectId, body.workspaces)
  const text = workspaces === null ? null : JSON.stringify(workspaces)
  return change(core, actor, id, 'api_key.updated', () => ({ workspaces: text }), { workspaces })
}

/**
 * The key gets a new value. The one before works for `limits.keyRotationGraceHours` more, and no
 * earlier one.
 * Whoever gives it one has held it, so they are of its line from now on.
 * @throws Fault api_key_not_found, illegal_transition for a revoked or expired key
 * @throws Fault key_of_another for a key of somebody else: who has it could act as they
 */
export async function rotateApiKey(
  core: Records & { keyring: Keyring },
  actor: Member,
  id: string,
): Promise<ApiKey & { key: string }> {
  const secret = newApiKeyValue(await selectSlug(core.store.db, actor.projectId))
  const key = await change(core, actor, id, 'api_key.rotated', (row, now) => {
    if (!presentApiKey(row, now.getTime()).is_active) {
      throw new Fault('illegal_transition', {
        message: `The API key is ${row.revoked_at === null ? 'expired' : 'revoked'}.`,
      })
    }
    if (row.user_id !== null && row.user_id !== actor.id) throw new Fault('key_of_another')
    const by = cameBy(actor).key ?? actor.id
    return {
      rotated_by: [...new Set([...(row.rotated_by ?? []), by])],
      hash: secret.hash,
      prefix: secret.prefix,
      previous_hash: row.hash,
      previous_expires_at: new Date(now.getTime() + limits.keyRotationGraceHours * 3_600_000),
    }
  })
  return { ...key, key: secret.value }
}

type Columns = Updateable<Tables['api_keys']>

async function change(
  core: Records & { keyring: Keyring },
  actor: Member,
  id: string,
  kind: EventKind,
  columns: (row: ApiKeyRow, now: Date, tx: Tx) => Columns | undefined | Promise<Columns | undefined>,
  data: Record<string, unknown> = {},
): Promise<ApiKey> {
  const row = await write(core, async ({ tx, append, now }) => {
    const row = await lockApiKey(tx, actor.projectId, id)
    if (row === undefined) throw new Fault('api_key_not_found')
    const set = await columns(row, now, tx)
    if (set === undefined) return row
    append({ project_id: actor.projectId, kind, actor, data: { api_key_id: id, ...data } })
    return tx
      .updateTable('api_keys')
      .set(set)
      .where('id', '=', id)
      .returningAll()
      .returning(emailOfKey)
      .executeTakeFirstOrThrow()
  })
  core.keyring.forgetKey(id)
  return presentApiKey(row, core.clock.now())
}
