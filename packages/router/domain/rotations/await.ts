import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import { openRotationStates } from '@xerotier/protocol/lifecycles/rotation.ts'
import { selectRotations } from '../../store/rotations.ts'
import type { RotationRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { presentRotation } from './read.ts'
import type { Rotating } from './rotating.ts'
import { keyOf } from './standing.ts'

/**
 * The rotation once it is rolled back, or completed and its agent online by the new key; or as it
 * is after so long.
 */
export async function awaitRotation(
  core: Pick<Rotating, 'store' | 'clock' | 'rotations' | 'fleet'>,
  { projectId }: Member,
  id: string,
  waitMs: number,
): Promise<Rotation> {
  const until = core.clock.monotonic() + waitMs
  for (;;) {
    const left = until - core.clock.monotonic()
    // Asked for before the record is read: what moves in between is not missed.
    const moved = left > 0 ? core.rotations.next(id, left) : undefined
    const [row] = await selectRotations(core.store.db, projectId, [id])
    if (row === undefined) throw new Error('a rotation is not on record')
    if (moved === undefined || isDone(core, row)) return presentRotation(row, undefined)
    await moved
  }
}

/** The cut-over is committed before the session begins. */
function isDone({ fleet }: Pick<Rotating, 'fleet'>, row: RotationRow): boolean {
  if (openRotationStates.includes(row.state)) return false
  const online = fleet.get(row.project_id, row.agent_id)
  return row.state !== 'completed' || (online !== undefined && keyOf(online, row.use) === row.new_key)
}
