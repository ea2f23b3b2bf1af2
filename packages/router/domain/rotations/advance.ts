// What time alone does to rotations: what was not completed is rolled back, and old keys end.
import { selectLiveRotations } from '../../store/rotations.ts'
import type { RotationRow } from '../../store/tables.ts'
import { write } from '../events/write.ts'
import { retireKeys } from '../router-keys/retire.ts'
import { endOverlap, rollBack } from './roll-back.ts'
import type { Rotating } from './rotating.ts'
import { keyOf } from './standing.ts'

/** Called often; looks at the record when something is due. */
export async function advanceRotations(core: Rotating): Promise<void> {
  if (!core.rotations.isDue()) return
  // Whatever is asked for from here on is looked at again.
  core.rotations.looked(Number.POSITIVE_INFINITY)
  const now = core.clock.now()
  for (const row of await selectLiveRotations(core.store.db)) {
    const inMs = dueAtOf(row) - now
    if (inMs > 0) core.rotations.dueIn(inMs)
    else if (row.state === 'completed') await end(core, row)
    else await giveUp(core, row)
  }
  await retireKeys(core)
  for (const { ends_at } of core.serverKeys.live) {
    const inMs = (ends_at?.getTime() ?? 0) - now
    if (inMs > 0) core.rotations.dueIn(inMs)
  }
}

const dueAtOf = ({ state, deadline, ends_at }: RotationRow) =>
  (state === 'completed' ? (ends_at ?? deadline) : deadline).getTime()

async function end(core: Rotating, row: RotationRow): Promise<void> {
  await write(core, (writing) => endOverlap(core, writing, row))
  const online = core.fleet.get(row.project_id, row.agent_id)
  if (online !== undefined && keyOf(online, row.use) === row.old_key)
    online.drop('its key was rotated, and the overlap is over', false)
}

const hints = { curve: ': can its host reach the port of the second endpoint?', signing: '' }

async function giveUp(core: Rotating, row: RotationRow): Promise<void> {
  const seconds = Math.round((row.deadline.getTime() - row.requested_at.getTime()) / 1000)
  const because =
    row.state === 'requested'
      ? `the agent did not acknowledge it within ${seconds} s`
      : `the agent made its key, and did not connect with it within ${seconds} s${hints[row.use]}`
  await write(core, (writing) => rollBack(core, writing, row, because))
  core.fleet
    .get(row.project_id, row.agent_id)
    ?.send({ t: 'rotation_ended', rotation_id: row.id, reason: because.slice(0, 200) })
}
