import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import type { Core } from '../core.ts'
import { findAgent } from '../directory/find-agent.ts'
import type { Principal } from '../principal.ts'
import { presentAgentDetail } from './present.ts'

/** @throws Fault agent_not_found */
export async function showAgent(core: Core, principal: Principal, reference: string): Promise<AgentDetail> {
  return presentAgentDetail(core, await findAgent(core.store.db, principal.projectId, reference))
}
