import { appendEvents } from '../../store/events.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'

/** Agents whose lease ran out while no router watched: they did not come back after a restart. Called every second. */
export async function missAgents(core: Records & FleetView): Promise<void> {
  const at = new Date(core.clock.now())
  const online = [...core.fleet.all()].map((agent) => agent.id)
  const missed = await core.store.db.transaction().execute(async (tx) => {
    let update = tx
      .updateTable('agents')
      .set({ state: 'disconnected' })
      .where('state', 'in', ['active', 'draining'])
      .where('lease_expires_at', '<', at)
    if (online.length > 0) update = update.where('id', 'not in', online)
    const rows = await update.returning(['id', 'project_id']).execute()
    await appendEvents(
      tx,
      rows.map((row) => ({
        at,
        project_id: row.project_id,
        kind: 'agent.offline' as const,
        actor: 'router',
        agent_id: row.id,
        data: { reason: 'it did not come back' },
      })),
    )
    return rows.length
  })
  if (missed > 0) core.eventLog.wake()
}

/** Agents that have been away for longer than the grace period count as dead. They come back by connecting. */
export async function buryAgents(core: Records & { settings: Settings }): Promise<void> {
  await core.store.db
    .updateTable('agents')
    .set({ state: 'dead' })
    .where('state', '=', 'disconnected')
    .where('lease_expires_at', '<', new Date(core.clock.now() - core.settings.deadAgentMs))
    .execute()
}
