import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { EnrolledKeys } from '../fleet/enrolled-keys.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveAgent } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/**
 * Its keys and tokens open nothing any more; the record stays, and a new join key brings it back.
 * @throws Fault agent_not_found
 */
export async function revokeAgentCredentials(
  core: Records & FleetView & { enrolledKeys: EnrolledKeys },
  actor: Member,
  reference: string,
): Promise<Agent> {
  const row = await write(core, async (writing): Promise<AgentRow> => {
    const agent = await findAgent(writing.tx, actor.projectId, reference)
    writing.after(() => {
      core.enrolledKeys.remove(agent.curve_public_key)
      core.fleet.get(agent.project_id, agent.id)?.drop('the credentials of the agent were revoked', true)
    })
    const moved = await moveAgent(writing, agent.id, {
      to: 'suspended',
      set: { lease_expires_at: null },
      event: { kind: 'agent.credentials_revoked', actor },
    })
    return moved === undefined ? agent : { ...agent, state: 'suspended', lease_expires_at: null }
  })
  return presentAgentRow(core, row)
}
