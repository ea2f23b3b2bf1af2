import type { Core } from '../core.ts'

/** Agents that have been away for longer than the grace period count as dead. They come back by connecting. */
export async function buryAgents(core: Core): Promise<void> {
  await core.store.db
    .updateTable('agents')
    .set({ state: 'dead' })
    .where('state', '=', 'disconnected')
    .where('lease_expires_at', '<', new Date(core.clock.now() - core.settings.deadAgentMs))
    .execute()
}
