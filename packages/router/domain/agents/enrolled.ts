import { selectEnrolledAgents, selectLeaseHolders } from '../../store/agents.ts'
import { selectLiveRotations } from '../../store/rotations.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import { type KeyStanding, standingOf } from '../rotations/standing.ts'

/** An agent whose credentials count, with what it reported of its bundles and without its tools. */
export type EnrolledAgent = Awaited<ReturnType<typeof selectEnrolledAgents>>[number]

/** Who comes, and with which keys. */
export interface Comer {
  agent_id: string
  curve_public_key: string
  /** That its proof is signed with, hex. */
  signing_public_key: string
}

/**
 * By id. Without those that are unknown, deleted or suspended, or of whose keys one does not count.
 */
export async function findEnrolled(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  comers: readonly Comer[],
): Promise<Map<string, { agent: EnrolledAgent; standing: KeyStanding }>> {
  const ids = comers.map(({ agent_id }) => agent_id)
  const comerOf = new Map(comers.map((comer) => [comer.agent_id, comer]))
  const rotations = Map.groupBy(await selectLiveRotations(store.db, ids), (row) => row.agent_id)
  const found = new Map<string, { agent: EnrolledAgent; standing: KeyStanding }>()
  for (const agent of await selectEnrolledAgents(store.db, ids)) {
    const comer = comerOf.get(agent.id)
    const standing = comer && standingOf(agent, rotations.get(agent.id) ?? [], comer, clock.now())
    if (standing !== undefined) found.set(agent.id, { agent, standing })
  }
  return found
}

/**
 * The ids of those whose sessions the record still gives the lease. An agent may be revoked while
 * its session is being opened.
 */
export function leaseHolders({ store }: Pick<Records, 'store'>, agents: readonly OnlineAgent[]): Promise<Set<string>> {
  return selectLeaseHolders(store.db, agents)
}
