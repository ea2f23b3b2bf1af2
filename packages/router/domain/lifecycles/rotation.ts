// Rotations of agents move to another state: compare-and-set over their lifecycle, and their events
// in the same transaction.
import { sourcesOf } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { type RotationState, rotationLifecycle } from '@xerotier/protocol/lifecycles/rotation.ts'
import type { Updateable } from 'kysely'
import type { RotationRow, Tables } from '../../store/tables.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'

export interface RotationMove {
  to: Exclude<RotationState, 'requested'>
  actor: Actor
  set?: Updateable<Tables['rotations']>
  /** What its event says beside what all do. */
  data?: Record<string, unknown>
}

/** @returns undefined when it was not in a state to move from */
export async function moveRotation(
  { tx, append }: Pick<Writing, 'tx' | 'append'>,
  id: string,
  { to, actor, set, data }: RotationMove,
): Promise<RotationRow | undefined> {
  const row = await tx
    .updateTable('rotations')
    .set({ ...set, state: to })
    .where('id', '=', id)
    .where('state', 'in', sourcesOf(rotationLifecycle, to))
    .returningAll()
    .executeTakeFirst()
  if (row !== undefined) append({ ...rotationEvent(row, data), kind: `agent.rotation_${to}`, actor })
  return row
}

/** What events say of a rotation. */
export function rotationEvent(row: RotationRow, data: Record<string, unknown> = {}) {
  const { project_id, agent_id, id: rotation_id, use, reason } = row
  return { project_id, agent_id, data: { rotation_id, use, reason, ...data } }
}
