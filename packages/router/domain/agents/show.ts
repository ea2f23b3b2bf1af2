import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import type { Core } from '../core.ts'
import type { Principal } from '../principal.ts'
import { findAgent } from './find.ts'
import { presentAgentDetail } from './present.ts'

/** @throws Fault agent_not_found */
export async function showAgent(core: Core, principal: Principal, reference: string): Promise<AgentDetail> {
  return presentAgentDetail(core, await findAgent(core.store.db, principal.projectId, reference))
}
