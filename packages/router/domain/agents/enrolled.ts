import { selectEnrolledAgents, selectLeaseHolders } from '../../store/agents.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'

/** An agent whose credentials count, with what it reported of its bundles and without its tools. */
export type EnrolledAgent = Awaited<ReturnType<typeof selectEnrolledAgents>>[number]

/** By id. Without those that are unknown, deleted or suspended. */
export async function findEnrolled(
  { store }: Pick<Records, 'store'>,
  agentIds: string[],
): Promise<Map<string, EnrolledAgent>> {
  const rows = await selectEnrolledAgents(store.db, agentIds)
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * The ids of those whose sessions the record still gives the lease. An agent may be revoked while
 * its session is being opened.
 */
export function leaseHolders({ store }: Pick<Records, 'store'>, agents: readonly OnlineAgent[]): Promise<Set<string>> {
  return selectLeaseHolders(store.db, agents)
}
