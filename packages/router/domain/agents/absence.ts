import { leasedAgentStates } from '@xerotier/protocol/lifecycles/agent.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveAgents } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'

/**
 * Agents whose lease ran out while no router watched: they did not come back after a restart.
 * Called every second.
 */
export async function missAgents(core: Records & FleetView): Promise<void> {
  const online = core.fleet.all().map((agent) => agent.id)
  await write(core, (writing) =>
    moveAgents(
      writing,
      (agents) => {
        const overdue = agents.where('lease_expires_at', '<', writing.now)
        return online.length === 0 ? overdue : overdue.where('id', 'not in', online)
      },
      {
        to: 'disconnected',
        from: leasedAgentStates,
        event: { kind: 'agent.offline', actor: router, data: { reason: 'it did not come back' } },
      },
    ),
  )
}

/** Agents that have been away for too long count as dead. They come back by connecting. */
export async function buryAgents(core: Records & { settings: Settings }): Promise<void> {
  await write(core, (writing) => {
    const seenBefore = new Date(writing.now.getTime() - core.settings.deadAgentMs)
    return moveAgents(writing, (agents) => agents.where('lease_expires_at', '<', seenBefore), { to: 'dead' })
  })
}
