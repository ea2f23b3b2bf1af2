import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { mintAgentToken } from './agent-token.ts'

/** What an agent needs to dial in, with a fresh token. */
export async function presentEnrollment(
  core: Pick<Records, 'clock'> & { identity: Identity },
  agent: AgentRow,
  routerAddress: string,
): Promise<Enrollment> {
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
      address: routerAddress,
      curve_public_key: core.identity.curve.publicKey,
      signing_public_key: core.identity.signing.publicKey.toString('hex'),
    },
  }
}
