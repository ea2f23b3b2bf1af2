// Grant keys move to another state: compare-and-set over their lifecycle.
import { type GrantKeyState, grantKeyLifecycle } from '@xerotier/protocol/lifecycles/grant-key.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { GrantKeyRow, Tables } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'

/** @returns undefined when it did not move */
export function moveGrantKey(
  { tx }: Pick<Writing, 'tx'>,
  id: string,
  { to, set }: { to: Exclude<GrantKeyState, 'current'>; set?: Updateable<Tables['grant_keys']> },
): Promise<GrantKeyRow | undefined> {
  return tx
    .updateTable('grant_keys')
    .set({ ...set, state: to })
    .where('id', '=', id)
    .where('state', 'in', sourcesOf(grantKeyLifecycle, to))
    .returningAll()
    .executeTakeFirst()
}
