import type { ApiKey } from '@xerotier/protocol/api/api-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectApiKey, selectApiKeys } from '../../store/api-keys.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import { presentApiKey } from './present.ts'

/** @throws Fault invalid_request */
export async function listApiKeys(
  core: Records,
  actor: Member,
  query: { limit: number; after?: string | undefined },
): Promise<Page<ApiKey>> {
  const page = { limit: query.limit, after: idCursor('key', query.after) }
  const rows = await selectApiKeys(core.store.db, actor.projectId, page)
  const now = core.clock.now()
  return toPage(
    rows,
    query.limit,
    (row) => presentApiKey(row, now),
    (key) => key.id,
  )
}

/** @throws Fault api_key_not_found */
export async function showApiKey(core: Records, actor: Member, id: string): Promise<ApiKey> {
  const row = await selectApiKey(core.store.db, actor.projectId, id)
  if (row === undefined) throw new Fault('api_key_not_found')
  return presentApiKey(row, core.clock.now())
}
