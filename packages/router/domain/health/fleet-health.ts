import type { HealthDashboard } from '@xerotier/protocol/api/dashboard.ts'
import { selectFleetHealth } from '../../store/health.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type AgentHealth, healthOf } from '../fleet/health.ts'
import { shortfallOf } from '../fleet/shortfall.ts'
import type { Records } from '../records.ts'

const ailingShown = 20

export async function fleetHealth(core: Records & FleetView, projectId: string): Promise<HealthDashboard['fleet']> {
  const rows = await selectFleetHealth(core.store.db, projectId)
  const agents = rows.map((row) => ({ row, health: healthOf(core, row, row.paused) }))
  const online = core.fleet.inProject(projectId)
  const by_health: Partial<Record<AgentHealth, number>> = {}
  for (const { health } of agents) by_health[health] = (by_health[health] ?? 0) + 1
  return {
    agents: agents.length,
    by_health,
    in_flight: online.reduce((sum, agent) => sum + agent.inFlight.size, 0),
    capacity: online.reduce((sum, agent) => sum + agent.maxConcurrent, 0),
    ailing: agents
      .filter(({ health }) => health !== 'healthy')
      .slice(0, ailingShown)
      .map(({ row, health }) => {
        const session = core.fleet.get(projectId, row.id)
        const reason = session?.unfit ?? (session && shortfallOf(session)) ?? null
        const heard = session === undefined ? row.last_heartbeat_at : new Date(session.lastHeartbeatAt)
        return { id: row.id, name: row.name, health, reason, last_heartbeat_at: heard?.toISOString() ?? null }
      }),
  }
}
