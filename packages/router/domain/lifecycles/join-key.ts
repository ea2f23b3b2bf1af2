// One join key moves to another state: compare-and-set over its lifecycle, and its event in the
// same transaction.
import { type JoinKeyState, joinKeyLifecycle } from '@xerotier/protocol/lifecycles/join-key.ts'
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import type { Updateable } from 'kysely'
import type { JoinKeyRow } from '../../store/join-keys.ts'
import type { Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface JoinKeyMove {
  to: Extract<JoinKeyState, 'consumed' | 'revoked'>
  set: Updateable<Tables['join_keys']>
  actor: Actor
  /** The agent that it made. */
  agentId?: string
}

/** @returns the row as it is now, or undefined when the key was not unused any more */
export async function moveJoinKey(
  { tx, append }: Pick<Writing, 'tx' | 'append'>,
  joinKeyId: string,
  { to, set, actor, agentId }: JoinKeyMove,
): Promise<JoinKeyRow | undefined> {
  const row = await tx
    .updateTable('join_keys')
    .set({ ...set, state: to })
    .where('id', '=', joinKeyId)
    .where('state', 'in', sourcesOf(joinKeyLifecycle, to))
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  append({
    project_id: row.project_id,
    kind: `join_key.${to}`,
    actor,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    data: { join_key_id: row.id },
  })
  return row
}
