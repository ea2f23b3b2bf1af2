import type { agentHealths } from '@xerotier/protocol/api/agents.ts'
import type { AgentRow } from '../../store/agents.ts'
import type { Core } from '../core.ts'

export type AgentHealth = (typeof agentHealths)[number]

/** @param pausedWholly dispatch of the agent as a whole is paused, not of one workspace only */
export function healthOf(
  { fleet, clock }: Pick<Core, 'fleet' | 'clock'>,
  agent: Pick<AgentRow, 'id' | 'state' | 'lease_expires_at'>,
  pausedWholly: boolean,
): AgentHealth {
  if (agent.state === 'suspended' || agent.state === 'pending') return agent.state
  const online = fleet.get(agent.id)
  // The row lags behind the fleet, and speaks for agents of other routers.
  const leaseEnd = online?.leaseExpiresAt ?? agent.lease_expires_at?.getTime() ?? 0
  if (leaseEnd <= clock.now() || (online === undefined && agent.state === 'disconnected')) return 'offline'
  if (online?.draining ?? agent.state === 'draining') return 'draining'
  return pausedWholly ? 'paused' : 'healthy'
}
