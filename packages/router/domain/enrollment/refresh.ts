import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectAgentById } from '../../store/agents.ts'
import { selectLatestJoinKeyOf } from '../../store/join-keys.ts'
import type { AgentActor } from '../actor.ts'
import type { GrantKeys } from '../grant-keys/grant-keys.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { Addresses } from '../router-keys/addresses.ts'
import type { ServerKeys } from '../router-keys/server-keys.ts'
import { presentEnrollment } from './present.ts'

/**
 * A new token, and where to dial as the agent's latest join key said.
 * @throws Fault agent_credentials_revoked
 */
export async function refreshEnrollment(
  core: Records & Addresses & { identity: Identity; serverKeys: ServerKeys; grantKeys: Pick<GrantKeys, 'current'> },
  { id: agentId }: AgentActor,
): Promise<Enrollment> {
  const { db } = core.store
  const agent = await selectAgentById(db, agentId)
  if (agent === undefined) throw new Fault('agent_credentials_revoked')
  const joinKey = await selectLatestJoinKeyOf(db, agent.project_id, agentId)
  return presentEnrollment(core, agent, joinKey?.router_addr)
}
