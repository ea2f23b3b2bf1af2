import type { RotationRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { moveRotation } from '../lifecycles/rotation.ts'
import { countNoMore } from './counting.ts'
import type { Rotating } from './rotating.ts'

type Ending = Pick<Rotating, 'log' | 'enrolledKeys' | 'rotations'>

/** The new key counts no more, and the old one stays. What cannot be rolled back is left alone. */
export async function rollBack(core: Ending, writing: Writing, row: RotationRow, because: string): Promise<void> {
  const set = { because, ended_at: writing.now }
  const moved = await moveRotation(writing, row.id, { to: 'rolled_back', actor: router, set, data: { because } })
  if (moved === undefined) return
  writing.after(() => {
    countNoMore(core.enrolledKeys, moved, moved.new_key)
    core.log.warning({ agent_id: row.agent_id, rotation_id: row.id, because }, 'a rotation was rolled back')
    core.rotations.moved(row.id)
    // A key of the router that was made for it may go.
    core.rotations.dueIn(0)
  })
}

/** The old key counts no more. */
export async function endOverlap(core: Ending, writing: Writing, row: RotationRow): Promise<void> {
  const set = { ended_at: writing.now }
  const moved = await moveRotation(writing, row.id, { to: 'ended', actor: router, set })
  if (moved === undefined) return
  writing.after(() => {
    countNoMore(core.enrolledKeys, moved, moved.old_key)
    core.log.notice({ agent_id: row.agent_id, rotation_id: row.id }, 'the old key of an agent counts no more')
    core.rotations.moved(row.id)
  })
}
