// The cut-over: an agent has come with its new key.

import type { RotationRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { moveRotation } from '../lifecycles/rotation.ts'
import { promoteKey } from '../router-keys/promote.ts'
import type { Rotating } from './rotating.ts'

/**
 * Whoever waits for it is told once the agent is online.
 * @returns whether the new key is the agent's now
 */
export async function completeRotation(core: Rotating, writing: Writing, rotation: RotationRow): Promise<boolean> {
  const { tx, now, after } = writing
  const { id, agent_id, new_key } = rotation
  if (new_key === null) return false
  const ends_at = new Date(now.getTime() + core.settings.keyOverlapMs)
  const moved = await moveRotation(writing, id, {
    to: 'completed',
    actor: router,
    set: { completed_at: now, ends_at },
    data: { cut_over_at: now.toISOString(), old_key_until: ends_at.toISOString() },
  })
  if (moved === undefined) return false
  await promoteKey(writing, core, rotation.router_key_id)
  const agent = await tx
    .updateTable('agents')
    .set({ curve_public_key: new_key })
    .where('id', '=', agent_id)
    .returning(['id', 'curve_public_key', 'signing_public_key'])
    .executeTakeFirstOrThrow()
  after(() => {
    core.enrolledKeys.add(agent)
    core.enrolledKeys.add({ ...agent, curve_public_key: rotation.old_key, until: ends_at })
    core.log.notice({ agent_id, rotation_id: id, reason: rotation.reason }, 'an agent came with its new key')
    core.rotations.dueIn(0)
  })
  return true
}
