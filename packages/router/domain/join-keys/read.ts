import type { JoinKey } from '@xerotier/protocol/api/join-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectJoinKey, selectJoinKeys } from '../../store/join-keys.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import { presentJoinKey } from './present.ts'

/** @throws Fault invalid_request */
export async function listJoinKeys(
  core: Records,
  actor: Member,
  query: { limit: number; after?: string | undefined },
): Promise<Page<JoinKey>> {
  const page = { limit: query.limit, after: idCursor('jk', query.after) }
  const rows = await selectJoinKeys(core.store.db, actor.projectId, page)
  const now = core.clock.now()
  return toPage(
    rows,
    query.limit,
    (row) => presentJoinKey(row, now),
    (key) => key.id,
  )
}

/** @throws Fault join_key_not_found */
export async function showJoinKey(core: Records, actor: Member, id: string): Promise<JoinKey> {
  const row = await selectJoinKey(core.store.db, actor.projectId, id)
  if (row === undefined) throw new Fault('join_key_not_found')
  return presentJoinKey(row, core.clock.now())
}
