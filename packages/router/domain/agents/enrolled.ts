import { selectEnrolledAgent, selectHoldsLease } from '../../store/agents.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'

/** An agent whose credentials count. */
export type EnrolledAgent = AgentRow

/** Undefined for an agent that is unknown, deleted or suspended. */
export function findEnrolled({ store }: Pick<Records, 'store'>, agentId: string): Promise<EnrolledAgent | undefined> {
  return selectEnrolledAgent(store.db, agentId)
}

/**
 * Whether the record still gives this session the lease. The agent may be revoked while its session
 * is being opened.
 */
export function holdsLease({ store }: Pick<Records, 'store'>, agent: OnlineAgent): Promise<boolean> {
  return selectHoldsLease(store.db, agent.id, agent.leaseEpoch)
}
