import { selectLiveRotations } from '../../store/rotations.ts'
import type { Writing } from '../events/write.ts'
import { endOverlap, rollBack } from './roll-back.ts'
import type { Rotating } from './rotating.ts'

/** The agent's keys open nothing any more, whichever: no rotation goes on. */
export async function abandonRotations(
  core: Pick<Rotating, 'log' | 'enrolledKeys' | 'rotations'>,
  writing: Writing,
  agentId: string,
  because: string,
): Promise<void> {
  for (const row of await selectLiveRotations(writing.tx, [agentId])) {
    if (row.state === 'completed') await endOverlap(core, writing, row)
    else await rollBack(core, writing, row, because)
  }
}
