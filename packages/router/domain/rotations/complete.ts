// The cut-over: an agent has come with its new key.

import { lockRotation } from '../../store/rotations.ts'
import type { RotationRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { moveRotation } from '../lifecycles/rotation.ts'
import { promoteKey } from '../router-keys/promote.ts'
import { countCutOver } from './counting.ts'
import type { Rotating } from './rotating.ts'

/**
 * Which key signs for the agent from then on, in the words of the one before: the audit log keeps
 * it.
 */
function evidenceOf({ use, old_key, new_key, signature, proof }: RotationRow) {
  if (use !== 'signing') return {}
  return { old_key, new_key, signature: signature?.toString('hex'), proof: proof?.toString('hex') }
}

/**
 * Whoever waits for it is told once the agent is online.
 * @returns whether the new key is the agent's now
 */
export async function completeRotation(core: Rotating, writing: Writing, rotation: RotationRow): Promise<boolean> {
  const { tx, now, after } = writing
  const { id, agent_id, new_key, use } = rotation
  const row = await lockRotation(tx, agent_id, id)
  // It may have acknowledged another one since it dialled.
  if (row === undefined || new_key === null || row.new_key !== new_key) return false
  const ends_at = new Date(now.getTime() + core.settings.keyOverlapMs)
  const moved = await moveRotation(writing, id, {
    to: 'completed',
    actor: router,
    set: { completed_at: now, ends_at },
    data: { cut_over_at: now.toISOString(), old_key_until: ends_at.toISOString(), ...evidenceOf(row) },
  })
  if (moved === undefined) return false
  if (use === 'curve') await promoteKey(writing, core, rotation.router_key_id)
  const agent = await tx
    .updateTable('agents')
    .set(
      use === 'curve'
        ? { curve_public_key: new_key, curve_key_since: now }
        : { signing_public_key: Buffer.from(new_key, 'hex'), signing_key_since: now },
    )
    .where('id', '=', agent_id)
    .returning(['id', 'curve_public_key', 'signing_public_key'])
    .executeTakeFirstOrThrow()
  after(() => {
    countCutOver(core.enrolledKeys, rotation, agent, ends_at)
    core.log.notice({ agent_id, rotation_id: id, use, reason: rotation.reason }, 'an agent came with its new key')
    core.rotations.dueIn(0)
  })
  return true
}
