import { leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import { selectLeasesOver } from '../../store/agents.ts'
import { router } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveAgents } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { leaseRecordMs } from './record-leases.ts'

/**
 * Agents whose lease ran out while no router watched: they did not come back after a restart.
 * Called every few seconds.
 */
export async function missAgents(
  core: Records & FleetView & Pick<Attempts, 'absences'> & { settings: Settings },
): Promise<void> {
  // The router before this one may not have written down the last renewals. Whoever had a lease
  // from it has the whole grace to come back.
  const { clock, store, fleet } = core
  if (clock.monotonic() - core.absences.startedAt < core.settings.lostAgentGraceMs) return
  const over = new Date(clock.now() - leaseRecordMs)
  const missing = (await selectLeasesOver(store.db, over))
    .filter(({ id, project_id }) => fleet.get(project_id, id) === undefined)
    .map(({ id }) => id)
  if (missing.length === 0) return
  await write(core, (writing) =>
    moveAgents(writing, (agents) => agents.where('id', 'in', missing).where('lease_expires_at', '<', over), {
      to: 'disconnected',
      from: leasedAgentStates,
      event: { kind: 'agent.offline', actor: router, data: { reason: 'it did not come back' } },
    }),
  )
}

/** Agents that have been away for too long count as dead. They come back by connecting. */
export async function buryAgents(core: Records & { settings: Settings }): Promise<void> {
  await write(core, (writing) => {
    const seenBefore = new Date(writing.now.getTime() - core.settings.deadAgentMs)
    return moveAgents(writing, (agents) => agents.where('lease_expires_at', '<', seenBefore), { to: 'dead' })
  })
}
