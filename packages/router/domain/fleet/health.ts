import type { agentHealths } from '@xerotier/protocol/api/agents.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { Records } from '../records.ts'
import type { FleetView } from './fleet.ts'
import { shortfallOf } from './shortfall.ts'

export type AgentHealth = (typeof agentHealths)[number]

/**
 * `store/agents.ts` filters by the same in SQL.
 * @param pausedWholly dispatch of the agent as a whole is paused, not of one workspace only
 */
export function healthOf(
  { fleet, clock }: Pick<Records, 'clock'> & FleetView,
  agent: Pick<AgentRow, 'id' | 'project_id' | 'state'>,
  pausedWholly: boolean,
): AgentHealth {
  if (agent.state === 'suspended' || agent.state === 'pending') return agent.state
  // One router is active on a database: whoever is not in its fleet is not connected, whatever the
  // row says.
  const online = fleet.get(agent.project_id, agent.id)
  if (online === undefined || online.leaseUntil <= clock.monotonic()) return 'offline'
  if (online.draining) return 'draining'
  if (online.unfit !== undefined) return 'unhealthy'
  if (pausedWholly) return 'paused'
  // It runs what it offers, and offers less than it was given.
  return shortfallOf(online) === undefined ? 'healthy' : 'degraded'
}
