import { selectDuePauses } from '../../store/pauses.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { movePauses } from '../lifecycles/pause.ts'
import type { Records } from '../records.ts'
import { resume } from './end.ts'

/**
 * Ends pauses whose time is over. Looked at every second, and the record with it: whatever kept a
 * change of it from memory, memory follows.
 */
export async function expirePauses(core: Records & FleetView & Pick<Attempts, 'dispatcher'>): Promise<void> {
  const now = new Date(core.clock.now())
  const due = Map.groupBy(await selectDuePauses(core.store.db, now), (pause) => pause.project_id)
  for (const [projectId, pauses] of due) {
    const ids = pauses.map(({ id }) => id)
    await resume(core, projectId, (writing) =>
      // Somebody may have made it longer meanwhile.
      movePauses(writing, (all) => all.where('id', 'in', ids).where('ends_at', '<=', now), {
        to: 'expired',
        actor: router,
        because: 'its time was over',
      }),
    )
  }
  await core.fleet.stops.refresh(core)
}
