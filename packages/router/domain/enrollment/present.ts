import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { GrantKeys } from '../grant-keys/grant-keys.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { type Addresses, addressOf } from '../router-keys/addresses.ts'
import type { ServerKeys } from '../router-keys/server-keys.ts'
import { mintAgentToken } from './agent-token.ts'

/** What an agent needs to dial in, with a fresh token. */
export async function presentEnrollment(
  core: Pick<Records, 'clock'> &
    Addresses & { identity: Identity; serverKeys: ServerKeys; grantKeys: Pick<GrantKeys, 'current'> },
  agent: AgentRow,
  /** The primary address, as its join key says it. */
  routerAddress: string | undefined,
): Promise<Enrollment> {
  // The one that it dials, for as long as that lives.
  const key = core.serverKeys.byId(agent.router_key_id) ?? core.serverKeys.current
  const { token, expiresAt } = await mintAgentToken(core, agent)
  return {
    object: 'enrollment',
    agent_id: agent.id,
    project_id: agent.project_id,
    name: agent.name,
    role: agent.role,
    region: agent.region,
    token,
    token_expires_at: expiresAt.toISOString(),
    router: {
      address: addressOf(core, key, routerAddress),
      curve_public_key: key.publicKey,
      signing_public_key: core.grantKeys.current,
    },
  }
}
