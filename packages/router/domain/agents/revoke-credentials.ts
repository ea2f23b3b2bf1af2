import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { EnrolledKeys } from '../fleet/enrolled-keys.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Principal } from '../principal.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/**
 * Its keys and tokens open nothing any more; the record stays, and a new join key brings it back.
 * @throws Fault agent_not_found
 */
export async function revokeAgentCredentials(
  core: Records & FleetView & { enrolledKeys: EnrolledKeys },
  principal: Principal,
  reference: string,
): Promise<Agent> {
  const row = await write(core, async (tx, append) => {
    const agent = await findAgent(tx, principal.projectId, reference)
    if (agent.state === 'suspended') return agent
    append({
      project_id: principal.projectId,
      kind: 'agent.credentials_revoked',
      actor: principal.keyId,
      agent_id: agent.id,
    })
    return tx
      .updateTable('agents')
      .set({ state: 'suspended', lease_expires_at: null })
      .where('id', '=', agent.id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  core.enrolledKeys.remove(row.curve_public_key)
  core.fleet.get(row.id)?.drop('the credentials of the agent were revoked', true)
  return presentAgentRow(core, row)
}
