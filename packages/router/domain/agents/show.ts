import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { presentAgentDetail } from './present.ts'

/** @throws Fault agent_not_found */
export async function showAgent(core: Records & FleetView, actor: Member, reference: string): Promise<AgentDetail> {
  return presentAgentDetail(core, await findAgent(core.store.db, actor.projectId, reference))
}
