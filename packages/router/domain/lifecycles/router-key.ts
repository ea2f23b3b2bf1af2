// Keys of the router move to another state: compare-and-set over their lifecycle.
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { type RouterKeyState, routerKeyLifecycle } from '@xerotier/protocol/lifecycles/router-key.ts'
import type { Updateable } from 'kysely'
import type { RouterKeyRow, Tables } from '../../store/tables.ts'
import type { Writing } from '../events/write.ts'

export interface RouterKeyMove {
  to: RouterKeyState
  /** States that it may come from; default: all that the lifecycle allows. */
  from?: readonly RouterKeyState[]
  set?: Updateable<Tables['router_keys']>
}

/** @returns undefined when it did not move */
export function moveRouterKey(
  { tx }: Pick<Writing, 'tx'>,
  id: string,
  { to, from, set }: RouterKeyMove,
): Promise<RouterKeyRow | undefined> {
  return tx
    .updateTable('router_keys')
    .set({ ...set, state: to })
    .where('id', '=', id)
    .where('state', 'in', from ?? sourcesOf(routerKeyLifecycle, to))
    .returningAll()
    .executeTakeFirst()
}
