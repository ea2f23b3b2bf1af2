import type { JoinKey } from '@xerotier/protocol/api/join-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { lockJoinKey } from '../../store/join-keys.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveJoinKey } from '../lifecycles/join-key.ts'
import type { Records } from '../records.ts'
import { presentJoinKey } from './present.ts'

/**
 * Agents that enrolled with the key are not affected.
 * @throws Fault join_key_not_found, illegal_transition when it is not unused any more
 */
export async function revokeJoinKey(core: Records, actor: Member, id: string): Promise<JoinKey> {
  return write(core, async (writing) => {
    const { tx, now } = writing
    const row = await lockJoinKey(tx, actor.projectId, id)
    if (row === undefined) throw new Fault('join_key_not_found')
    const { state } = presentJoinKey(row, now.getTime())
    if (state === 'revoked') return presentJoinKey(row, now.getTime())
    if (state !== 'unused') throw new Fault('illegal_transition', { message: `The join key is ${state}.` })
    const revoked = await moveJoinKey(writing, id, {
      to: 'revoked',
      set: { revoked_at: now },
      actor,
    })
    return presentJoinKey(revoked ?? row, now.getTime())
  })
}
