import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { AgentRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { abandonCalls } from '../attempts/abandon.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { moveAgent } from '../lifecycles/agent.ts'
import type { Records } from '../records.ts'
import { abandonRotations } from '../rotations/abandon.ts'
import type { Rotating } from '../rotations/rotating.ts'
import { presentAgentRow } from './present.ts'

/**
 * Its keys and tokens open nothing any more, its session ends, and at-most-once calls that it has
 * are in doubt; the record stays, and a new join key brings it back.
 * @throws Fault agent_not_found
 */
export async function revokeAgentCredentials(
  core: Records & FleetView & Pick<Attempts, 'calls' | 'dispatcher'> & Pick<Rotating, 'enrolledKeys' | 'rotations'>,
  actor: Member,
  reference: string,
): Promise<Agent> {
  const row = await write(core, async (writing): Promise<AgentRow> => {
    const agent = await findAgent(writing.tx, actor.projectId, reference)
    writing.after(() => {
      core.enrolledKeys.remove(agent.curve_public_key)
      core.fleet.get(agent.project_id, agent.id)?.drop('the credentials of the agent were revoked', true)
    })
    await abandonRotations(core, writing, agent.id, 'the credentials of the agent were revoked')
    const moved = await moveAgent(writing, agent.id, {
      to: 'suspended',
      set: { lease_expires_at: null },
      event: { kind: 'agent.credentials_revoked', actor },
    })
    return moved === undefined ? agent : { ...agent, state: 'suspended', lease_expires_at: null }
  })
  await abandonCalls(core, row.id, 'The credentials of its agent were revoked while it had the call')
  return presentAgentRow(core, row)
}
